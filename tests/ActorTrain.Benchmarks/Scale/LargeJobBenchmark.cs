using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Scale;

/// <summary>100 million parameters: 20 steps of two workers within a bound on memory.</summary>
internal static class LargeJobBenchmark
{
    private const int Workers = 2,
        Steps = 20;

    // 12,000 samples in 20 steps.
    private const string Job = """
        name = large
        model { name = mlp, mlp.hidden = [9610, 9610] }
        data.source = built-in
        epochs = 1
        batch-size = 600
        micro-batches-per-lease = 2
        optimizer { learning-rate = 0.002, momentum = 0.9 }
        schedule.name = constant
        """;

    /// <summary>
    /// Memory of all processes, in multiples of the parameters' size. The server: weights, momentum, a version for each
    /// worker that still reads one, and one to write. A worker: parameters, backward's gradient and the one that is
    /// sent; and to evaluate, a second engine's parameters, their source, and the weights as they arrive.
    /// </summary>
    private const double Bound = 2 + Workers + 1 + Workers * (3 + 3);

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await using var cluster = await Cluster.StartAsync(Workers, options.NodeSettings);
        var job = JobOptionsReader.Read(
            ConfigurationFactory.ParseString($"{options.JobSettings}\nactortrain.job {{ {Job} }}")
        );
        using var stopping = new CancellationTokenSource();
        var peak = PeakAsync(cluster.Processes, stopping.Token);
        var report = await cluster.RunAsync(job, _ => { });
        await stopping.CancelAsync();
        var bytes = await peak;
        var size = sizeof(float) * report.Model.Parameters;
        if (report.Shards.Any(shard => shard.Version != Steps))
            throw new InvalidOperationException($"{report.Shards[0].Version} steps were applied and not {Steps}");
        if (bytes > Bound * size)
            throw new InvalidOperationException(
                $"{bytes:N0} bytes were used, more than {Bound} times the parameters' {size:N0}"
            );
        var table = new Table("parameters", "steps", "seconds", "loss", "peak memory", "times the parameters", "bound");
        table.Add(
            report.Model.Parameters.ToString("N0", CultureInfo.InvariantCulture),
            $"{Steps}",
            report.WallSeconds.ToString("0.0", CultureInfo.InvariantCulture),
            report.Epochs[^1].TrainLoss.ToString("0.00", CultureInfo.InvariantCulture),
            $"{(bytes / 1e9).ToString("0.0", CultureInfo.InvariantCulture)} GB",
            ((double)bytes / size).ToString("0.0", CultureInfo.InvariantCulture),
            Bound.ToString("0", CultureInfo.InvariantCulture)
        );
        table.Print($"A large job with {Workers} worker processes and a server; shared memory counted once");
    }

    /// <summary>Peak memory of all processes, sampled every 100 ms.</summary>
    private static async Task<long> PeakAsync(IEnumerable<int> processes, CancellationToken stopping)
    {
        var (ids, peak) = (processes.ToList(), 0L);
        while (!stopping.IsCancellationRequested)
        {
            peak = Math.Max(peak, ids.Sum(ProportionalSetSize));
            await Task.Delay(100, CancellationToken.None);
        }
        return peak;
    }

    private static long ProportionalSetSize(int process)
    {
        var line = File.ReadLines($"/proc/{process}/smaps_rollup")
            .First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return 1024
            * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
