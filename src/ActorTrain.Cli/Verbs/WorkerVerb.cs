using System.CommandLine;
using ActorTrain.Cli.Options;
using ActorTrain.Cli.Running;
using ActorTrain.Hosting;

namespace ActorTrain.Cli.Verbs;

/// <summary><c>actortrain worker</c>: a node that trains.</summary>
internal static class WorkerVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("worker", "Starts a node that trains. Waits for its cluster as long as it takes.");
        var join = new JoinOption(command);
        var node = new NodeSource(command);
        var engine = new EngineSource(command);
        var log = new LogOptions(command);
        var endWithInput = new Option<bool>(WorkerProcess.EndWithInput) { Hidden = true };
        command.Add(endWithInput);
        ExampleHelp.AddTo(command, "actortrain worker --join 127.0.0.1:4053 --threads 1", "actortrain worker --join 192.168.1.10:4053 --host 192.168.1.11 --device cuda:0 --data /srv/fashion-mnist");
        command.SetAction(async (parsed, _) =>
        {
            var config = node.Configuration(parsed);
            var settings = node.Worker(parsed, config);
            var options = new NodeOptions(settings.Roles, settings.Host, settings.Port)
            {
                Join = join.Read(parsed),
                Engines = Engine.Factory(engine.Read(parsed, config)),
                Configuration = log.Over(parsed, config),
            };
            var isChild = parsed.GetValue(endWithInput);
            using var interruption = new Interruption(ignoreCtrlC: isChild);
            await new WorkerLife(terminal.Output, options).RunAsync(isChild ? Task.WhenAny(interruption.WhenAsked(), InputEnd.Reached()) : interruption.WhenAsked());
            return CommandLine.Success;
        });
        return command;
    }
}
