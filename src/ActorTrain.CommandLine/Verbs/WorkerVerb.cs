using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>worker</c>: a node that trains.</summary>
internal static class WorkerVerb
{
    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command(
            "worker",
            "Starts a node that trains. It waits for its cluster without a time limit."
        );
        var join = new JoinOption(command);
        var node = new NodeSource(command);
        var engine = new EngineSource(command);
        var log = new LogOptions(command, terminal.Program);
        var endWithInput = new Option<bool>(WorkerProcess.EndWithInput) { Hidden = true };
        command.Add(endWithInput);
        ExampleHelp.AddTo(
            command,
            $"{terminal.Program} worker --join 127.0.0.1:4053 --threads 1",
            $"{terminal.Program} worker --join 192.168.1.10:4053 --host 192.168.1.11 --device cuda:0"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                var isChild = parsed.GetValue(endWithInput);
                using var interruption = new Interruption(isChild: isChild);
                var config = node.Configuration(parsed);
                var settings = node.Worker(parsed, config);
                var seed = join.Read(parsed);
                var options = new StandaloneNodeOptions
                {
                    Roles = settings.Roles,
                    Host = settings.Host,
                    Port = settings.Port,
                    Join = seed,
                    KnownNodes = isChild ? null : settings.KnownNodesOf(seed),
                    Algorithms = program.Algorithms,
                    Engines = program.EnginesFor(engine.Read(parsed, config), job: null),
                    Configuration = log.Configure(parsed, config, withClient: isChild),
                };
                await new WorkerLoop(terminal.Output, options).RunAsync(
                    isChild
                        ? Task.WhenAny(interruption.WhenRequested(), InputEnd.Reached())
                        : interruption.WhenRequested()
                );
                return ExitCodes.Finished;
            }
        );
        return command;
    }
}
