using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>demo</c>: a whole cluster in one process.</summary>
internal static class DemoVerb
{
    private const int Workers = 3;

    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command("demo", "Trains with a whole cluster in this process: one seed and three workers.");
        var settings = new JobSettings(command, program);
        var engine = new EngineSource(command);
        var output = RunOutput.AddTo(command);
        var log = new LogOptions(command, terminal.Program);
        ExampleHelp.AddTo(
            command,
            $"{terminal.Program} demo",
            $"{terminal.Program} demo --epochs 3 --report demo.json --save demo.safetensors"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption();
                var (engineSettings, runOutput) = (engine.Read(parsed, Config.Empty, threads: 1), output(parsed));
                var job = JobOptionsReader.Read(
                    Config.Empty,
                    program.Algorithms,
                    [
                        .. program.Settings,
                        .. Defaults,
                        .. program.DemoSettings(engineSettings),
                        .. settings.Overrides(parsed),
                    ]
                );
                program.Validate(job);
                return await RunAsync(
                    terminal,
                    job,
                    program.EnginesFor(engineSettings, job),
                    program.Algorithms,
                    runOutput,
                    log.Configure(parsed, OwnCluster.Settings, withClient: true),
                    interruption
                );
            }
        );
        return command;
    }

    private static IEnumerable<SettingOverride> Defaults =>
        [new("actortrain.job.name", "demo", "demo"), new("actortrain.job.minimum-workers", $"{Workers}", "demo")];

    private static async Task<int> RunAsync(
        Terminal terminal,
        JobOptions job,
        IEngineFactory engines,
        Algorithms algorithms,
        RunOutput output,
        Config config,
        Interruption interruption
    )
    {
        await using var seed = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions
            {
                Roles = [NodeRoles.Coordinator, NodeRoles.Server],
                Algorithms = algorithms,
                Configuration = config,
            },
            interruption.Token
        );
        var workers = new List<ActorTrainNode>();
        try
        {
            var options = new StandaloneNodeOptions
            {
                Roles = [NodeRoles.Worker],
                Configuration = config,
                Join = seed.Address,
                Engines = engines,
                Algorithms = algorithms,
            };
            for (var i = 0; i < Workers; i++)
                workers.Add(await ActorTrainNode.StartAsync(options, interruption.Token));
            await using var client = TrainingClient.From(seed);
            var run = await client.SubmitAsync(job, interruption.Token);
            return await new JobFollower(terminal, output, interruption).RunAsync(run);
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.StopAsync()));
        }
    }
}
