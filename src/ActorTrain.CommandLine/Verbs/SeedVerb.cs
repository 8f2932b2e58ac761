using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>seed</c>: the first node of a cluster.</summary>
internal static class SeedVerb
{
    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command(
            "seed",
            "Starts the first node of a cluster, which coordinates and holds the parameters."
        );
        var node = new NodeSource(command);
        var engine = new EngineSource(command);
        var log = new LogOptions(command, terminal.Program);
        ExampleHelp.AddTo(
            command,
            $"{terminal.Program} seed",
            $"{terminal.Program} seed --host 192.168.1.10 --port 4053 --role coordinator,server,worker",
            $"{terminal.Program} seed --config hocon/seed.conf"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption();
                var config = node.Configuration(parsed);
                var settings = node.Seed(parsed, config);
                var engineSettings = engine.Read(parsed, config);
                var options = new StandaloneNodeOptions
                {
                    Roles = settings.Roles,
                    Host = settings.Host,
                    Port = settings.Port,
                    Configuration = log.Configure(parsed, config),
                    OnWait = terminal.Output.WriteLine,
                    KnownNodes = settings.KnownNodesOf(new HostPort(settings.Host, settings.Port)),
                    Algorithms = program.Algorithms,
                    Engines = settings.Roles.Contains(NodeRoles.Worker)
                        ? program.EnginesFor(engineSettings, job: null)
                        : null,
                };
                return await RunAsync(terminal, options, interruption);
            }
        );
        return command;
    }

    /// <summary>What to type for a worker that joins this seed.</summary>
    internal static string JoinCommand(string program, HostPort seed) =>
        $"{program} worker --join {seed}"
        // By default a worker listens to its own machine alone.
        + (OpenPort.IsLoopback(seed.Host) ? "" : " --host ADDRESS, each with its own address");

    private static async Task<int> RunAsync(Terminal terminal, StandaloneNodeOptions options, Interruption interruption)
    {
        // A node has no result, so one that is asked to end before it starts has finished.
        if (interruption.Token.IsCancellationRequested)
            return ExitCodes.Finished;
        for (; ; options.IsTakenOut = true, options.WarnsOfOpenPort = false)
        {
            await using var node = await ActorTrainNode.StartAsync(options);
            await Task.WhenAny(node.Joined, node.Terminated, interruption.WhenRequested());
            if (node.Joined.IsCompletedSuccessfully)
                await terminal.Output.WriteLineAsync(
                    (node.HasJoinedOthers ? $"joined the cluster that lives on, as {node.Address}; " : "ready; ")
                        + $"workers join with: {JoinCommand(terminal.Program, node.Address)}"
                );
            await Task.WhenAny(node.Terminated, interruption.WhenRequested());
            if (interruption.Token.IsCancellationRequested)
            {
                await node.StopAsync();
                return ExitCodes.Finished;
            }
            if (options.KnownNodes is not { } known || known.Read().Count == 0)
                throw new InvalidOperationException("the node was removed from its cluster");
            await terminal.Output.WriteLineAsync("this node was taken out of its cluster; it joins anew");
        }
    }
}
