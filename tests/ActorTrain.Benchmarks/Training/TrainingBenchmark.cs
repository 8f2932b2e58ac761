using System.Globalization;
using ActorTrain.Benchmarks.Measuring;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// Whole jobs: a cluster on this machine, compared with one process and PyTorch's DistributedDataParallel over gloo.
/// </summary>
internal static class TrainingBenchmark
{
    private const int Workers = 2;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var table = new Table(
            "job",
            "run",
            "images/s",
            "efficiency",
            "against TorchSharp",
            "CPU s per 1,000",
            "staleness"
        )
        {
            Keys = 2,
        };
        foreach (var job in TrainingJob.All.Where(job => options.Wants(job.Name)))
        {
            await Console.Error.WriteLineAsync($"measuring {job.Name}, {options.Rounds} rounds of about a minute");
            var runs = await MeasureAsync(job, options);
            foreach (var run in runs)
            {
                table.Add(
                    job.Name,
                    run.Name,
                    Measured.Whole(run.Throughputs.Median()),
                    run.Alone is { } alone ? Ratio(run, alone) : "",
                    Ratio(run, runs[0]),
                    run.Measurements.Select(measured => measured.ProcessorSecondsPerThousand)
                        .Median()
                        .ToString("0.000", CultureInfo.InvariantCulture),
                    run.Measurements[0].Staleness > 0
                        ? run
                            .Measurements.Select(measured => measured.Staleness)
                            .Median()
                            .ToString("0.0", CultureInfo.InvariantCulture)
                        : ""
                );
            }
        }
        table.Print(
            $"Training with {Workers} worker processes of one thread each and a server, on "
                + $"{Environment.ProcessorCount} cores; median of {options.Rounds}"
        );
        Console.WriteLine(
            $"\nefficiency: images/s ÷ ({Workers} × the same code in one process). against TorchSharp: images/s ÷ "
                + $"({Workers} ×, or 1 × where one process runs, the loop with TorchSharp's own modules and optimizer)."
        );
    }

    private static string Ratio(Run run, Run alone) =>
        run
            .Throughputs.Zip(alone.Throughputs, (together, one) => together / (run.Processes * one))
            .Median()
            .ToString("0.00", CultureInfo.InvariantCulture);

    private static async Task<List<Run>> MeasureAsync(TrainingJob job, BenchmarkOptions options)
    {
        // Some three seconds of one process.
        var samples = 12_000 * job.Epochs / 5;
        var torchSharp = new Run("TorchSharp, one process", 1, null);
        var engine = new Run("ActorTrain's engine, one process", 1, null);
        var cluster = new Run($"ActorTrain, {Workers} workers", Workers, engine);
        var runs = new List<Run> { torchSharp, engine, cluster };
        using var torchSharpLoop = Child.StartThisProgram(PlainLoop.Verb, "torchsharp", job.Name, "cpu");
        using var engineLoop = Child.StartThisProgram(PlainLoop.Verb, "engine", job.Name, "cpu");
        var (pyTorch, distributed) = (new Run("PyTorch, one process", 1, null), (Run?)null);
        if (options.Peer is not null)
            runs.AddRange([
                pyTorch,
                distributed = new Run($"PyTorch DDP over gloo, {Workers} processes", Workers, pyTorch),
            ]);
        for (var round = 0; round < options.Rounds; round++)
        {
            Add(torchSharp, PlainLoop.Ask(torchSharpLoop, samples));
            Add(engine, PlainLoop.Ask(engineLoop, samples));
            Add(cluster, await MeasureClusterAsync(Enumerable.Repeat(Array.Empty<string>(), Workers), job, options));
            if (distributed is null)
                continue;
            Add(pyTorch, options.Peer!.Train(job, 1, samples));
            Add(distributed, options.Peer!.Train(job, Workers, samples));
        }
        return runs;

        void Add(Run run, Measured measured)
        {
            run.Measurements.Add(measured);
            Interim.Print($"{job.Name}, {run.Name}", run.Measurements.Count, measured.Figures);
        }
    }

    /// <summary>Runs a job on a cluster of its own.</summary>
    /// <param name="workers">For each worker, its own options of the verb <c>worker</c>.</param>
    /// <param name="job">The job.</param>
    /// <param name="options">Settings that override the defaults.</param>
    public static async Task<Measured> MeasureClusterAsync(
        IEnumerable<string[]> workers,
        TrainingJob job,
        BenchmarkOptions options
    )
    {
        await using var cluster = await Cluster.StartAsync(workers, options.NodeSettings);
        var steady = new SteadyRange(() => cluster.ProcessorSeconds);
        return steady.Measure(await cluster.RunAsync(job.Options(options.JobSettings), steady.Follow));
    }

    private sealed record Run(string Name, int Processes, Run? Alone)
    {
        public List<Measured> Measurements { get; } = [];

        public IEnumerable<double> Throughputs => Measurements.Select(measured => measured.Throughput);
    }
}
