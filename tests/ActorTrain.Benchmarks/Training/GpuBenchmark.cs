using System.Globalization;
using ActorTrain.Benchmarks.Measuring;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// A GPU: the loop with TorchSharp's own modules, the engine, a cluster with a worker on the GPU, alone and with
/// workers on CPU threads beside it, and PyTorch.
/// </summary>
internal static class GpuBenchmark
{
    private const int CpuWorkers = 4;

    /// <summary>Measures on a device.</summary>
    /// <param name="device">Its name, such as <c>cuda:0</c>.</param>
    /// <param name="options">What to measure.</param>
    public static async Task RunAsync(string device, BenchmarkOptions options)
    {
        var table = new Table("job", "run", "images/s", "against TorchSharp", "staleness")
        {
            Keys = 2,
            PrintsAtEnd = true,
        };
        foreach (var job in TrainingJob.OnGpu.Where(job => options.Wants(job.Name)))
        {
            var runs = await MeasureAsync(device, job, options);
            var baseline = runs[0].Measurements;
            foreach (var (name, measurements) in runs)
                table.Add(
                    job.Name,
                    name,
                    Measured.Whole(measurements.Select(measured => measured.Throughput).Median()),
                    Format(
                        measurements.Zip(baseline, (run, first) => run.Throughput / first.Throughput).Median(),
                        "0.00"
                    ),
                    Format(measurements.Select(measured => measured.Staleness).Median(), "0.0")
                );
        }
        table.Print($"Training on {device}, with {Environment.ProcessorCount} cores; median of {options.Rounds}");
    }

    private static async Task<List<(string Name, List<Measured> Measurements)>> MeasureAsync(
        string device,
        TrainingJob job,
        BenchmarkOptions options
    )
    {
        // Some seconds of one process.
        var samples = 12_000 * job.Epochs / 5;
        using var torchSharp = Child.StartThisProgram(PlainLoop.Verb, "torchsharp", job.Name, device);
        using var engine = Child.StartThisProgram(PlainLoop.Verb, "engine", job.Name, device);
        string[] gpu = ["--device", device];
        string[] cpu = ["--threads", "1"];
        var runs = new List<(string Name, Func<Task<Measured>> Measure)>
        {
            ("TorchSharp, one process", () => Task.FromResult(PlainLoop.Ask(torchSharp, samples))),
            ("ActorTrain's engine, one process", () => Task.FromResult(PlainLoop.Ask(engine, samples))),
            ("ActorTrain, a GPU worker", () => TrainingBenchmark.MeasureClusterAsync([gpu], job, options)),
            (
                $"ActorTrain, a GPU worker and {CpuWorkers} of one CPU thread",
                () => TrainingBenchmark.MeasureClusterAsync([gpu, .. Enumerable.Repeat(cpu, CpuWorkers)], job, options)
            ),
        };
        if (options.Peer is { } peer)
            runs.Add(("PyTorch, one process", () => Task.FromResult(peer.Train(job, 1, samples, device))));
        var measured = runs.ConvertAll(run => (run.Name, Measurements: new List<Measured>()));
        for (var round = 1; round <= options.Rounds; round++)
        for (var i = 0; i < runs.Count; i++)
        {
            measured[i].Measurements.Add(await runs[i].Measure());
            Interim.Print($"{job.Name}, {runs[i].Name}", round, measured[i].Measurements[^1].Figures);
        }
        return measured;
    }

    private static string Format(double value, string format) =>
        value > 0 ? value.ToString(format, CultureInfo.InvariantCulture) : "";
}
