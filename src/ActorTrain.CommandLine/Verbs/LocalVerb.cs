using System.CommandLine;
using System.Globalization;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>local</c>: a cluster of processes on this machine, for one job.</summary>
internal static class LocalVerb
{
    private const int MaxWorkers = 256;

    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command(
            "local",
            "Starts a seed and worker processes on this machine, runs a job, and stops them."
        );
        var source = new JobSource(command, program);
        var workers = OptionText.Create("--workers", "N", "Worker processes; required.");
        command.Add(workers);
        var engine = new EngineSource(command);
        var output = RunOutput.AddTo(command);
        var log = new LogOptions(command, terminal.Program);
        ExampleHelp.AddTo(
            command,
            $"{terminal.Program} local --workers 2 --epochs 3",
            $"{terminal.Program} local job.conf --workers 4 --threads 1 --report report.json"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption();
                if (parsed.GetValue(workers) is null)
                    throw new ActorTrainException(
                        "local needs --workers N, the number of worker processes, such as 2."
                    );
                var count = parsed.ReadInteger(workers, 0, 1, MaxWorkers);
                var resumed = source.Resume(parsed) is { } resume
                    ? ResumedJob.JobOf(resume, NodeSettingsReader.StateFolder(Config.Empty))
                    : null;
                var (job, runOutput, settings) = (
                    source.Read(parsed, count, resumed),
                    output(parsed),
                    engine.Read(parsed, Config.Empty, threads: 1)
                );
                // Settings that the engine cannot use fail here, not in each worker.
                program.EnginesFor(settings, job);
                var config = log.Configure(parsed, OwnCluster.Settings, withClient: true);
                var logs = new WorkerLogs(parsed.GetValue(LogOptions.File), parsed.GetValue(LogOptions.Verbose));
                return await RunAsync(terminal, program, job, count, settings, runOutput, config, logs, interruption);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal,
        NodeProgram program,
        JobOptions job,
        int count,
        EngineSettings engine,
        RunOutput output,
        Config config,
        WorkerLogs logs,
        Interruption interruption
    )
    {
        await using var seed = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions
            {
                Roles = [NodeRoles.Coordinator, NodeRoles.Server],
                Algorithms = program.Algorithms,
                Configuration = config,
            },
            interruption.Token
        );
        await using var workers = WorkerProcesses.Start(count, seed.Address, WorkerOptions(engine), logs, terminal);
        await using var client = TrainingClient.From(seed);
        var run = await client.SubmitAsync(job, interruption.Token);
        return await new JobFollower(terminal, output, interruption).RunAsync(run, workers.Failure);
    }

    private static string[] WorkerOptions(EngineSettings engine) =>
        [
            "--device",
            engine.Device,
            "--threads",
            $"{engine.Threads}",
            "--throttle",
            engine.Throttle.ToString(CultureInfo.InvariantCulture),
            .. engine.DataFolder is { } folder ? ["--data", folder] : Array.Empty<string>(),
        ];
}
