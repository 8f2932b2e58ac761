using System.CommandLine;
using ActorTrain.Cli.Options;
using ActorTrain.Cli.Running;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Cli.Verbs;

/// <summary><c>actortrain demo</c>: a whole cluster in one process, on the data that comes with it.</summary>
internal static class DemoVerb
{
    private const int Workers = 3;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("demo", "Trains on the built-in data with a whole cluster in this process: one seed and three workers.");
        var settings = new JobSettings(command);
        var engine = new EngineSource(command);
        var output = RunOutput.AddTo(command);
        var log = new LogOptions(command);
        ExampleHelp.AddTo(command, "actortrain demo", "actortrain demo --model mlp --epochs 3 --report demo.json --save demo.safetensors");
        command.SetAction(async (parsed, _) =>
        {
            var (engineSettings, runOutput) = (engine.Read(parsed, Config.Empty, threads: 1), output(parsed));
            var job = JobOptionsReader.Read(Config.Empty, [.. Defaults(engineSettings), .. settings.Overrides(parsed)]);
            Engine.Validate(job);
            await RunAsync(terminal, job, engineSettings, runOutput, log.Over(parsed, Config.Empty));
            return CommandLine.Success;
        });
        return command;
    }

    /// <summary>What differs from the reference configuration: small enough for two slow cores to be done in a minute.</summary>
    private static IEnumerable<SettingOverride> Defaults(EngineSettings engine) =>
    [
        new("actortrain.job.name", "demo", "demo"),
        new("actortrain.job.model.name", "cnn", "demo"),
        new("actortrain.job.data.source", engine.DataFolder is null ? "built-in" : "full", "demo"),
        new("actortrain.job.epochs", "12", "demo"),
        // Asynchrony is momentum of its own (Mitliagkas et al. 2016): with three workers, 0.9 beside it makes the first epochs diverge.
        new("actortrain.job.optimizer.momentum", "0.5", "demo"),
        new("actortrain.job.optimizer.learning-rate", "0.08", "demo"),
        new("actortrain.job.schedule.name", "cosine", "demo"),
        new("actortrain.job.schedule.warm-up", "0.5", "demo"),
        new("actortrain.job.minimum-workers", $"{Workers}", "demo"),
    ];

    private static async Task RunAsync(Terminal terminal, JobOptions job, EngineSettings engine, RunOutput output, Config config)
    {
        using var interruption = new Interruption();
        await using var seed = await ActorTrainNode.StartAsync(new NodeOptions(["coordinator", "server"]) { Configuration = config }, interruption.Token);
        var workers = new List<ActorTrainNode>();
        try
        {
            var options = new NodeOptions(["worker"]) { Configuration = config, Join = seed.Address, Engines = Engine.Factory(engine, job) };
            for (var i = 0; i < Workers; i++) workers.Add(await ActorTrainNode.StartAsync(options, interruption.Token));
            await using var client = TrainingClient.Of(seed);
            await new JobFollower(terminal, output, interruption).RunAsync(client, job, broken: Never);
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.StopAsync()));
        }
    }

    private static Task Never { get; } = new TaskCompletionSource().Task;
}
