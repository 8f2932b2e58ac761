using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;

namespace ActorTrain.Benchmarks.Balance;

/// <summary>
/// Two workers of unequal speed: their joint throughput compared with the sum of each alone, and with PyTorch's
/// DistributedDataParallel, whose ideal is twice the slower. Also how soon work follows when they swap speeds.
/// </summary>
internal static class BalanceBenchmark
{
    private static readonly string[] Jobs = ["cnn 64", "mlp 64"];

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var jobs = Jobs.Where(options.Wants).Select(TrainingJob.Find).ToList();
        if (jobs.Count > 0)
            await CompareAsync(jobs, options);
        if (options.Wants("flip"))
            await FlipBenchmark.RunAsync(options);
    }

    private static async Task CompareAsync(List<TrainingJob> jobs, BenchmarkOptions options)
    {
        var table = new Table(
            "job",
            "run",
            "images/s",
            "of fast + slow",
            "of 2 × slow",
            "shares",
            "micro-batches",
            "staleness"
        )
        {
            Keys = 2,
        };
        foreach (var job in jobs)
        {
            await Console.Error.WriteLineAsync(
                $"measuring {job.Name}, {options.Rounds} rounds of about {(options.Peer is null ? 2 : 3)} minutes"
            );
            var (cluster, peer) = (
                new UnequalCluster(job, options),
                options.Peer is { } python ? new UnequalPeer(job, python) : null
            );
            for (var round = 0; round < options.Rounds; round++)
            {
                await cluster.MeasureAsync();
                peer?.Measure();
            }
            cluster.Result.AddTo(table, job.Name, "ActorTrain");
            peer?.Result.AddTo(table, job.Name, "PyTorch DDP");
        }
        table.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Balance: two processes of one thread each, one at {UnequalResult.Slow} of its speed, on "
                    + $"{Environment.ProcessorCount} cores; median of {options.Rounds}"
            )
        );
        Console.WriteLine(
            "\nof fast + slow: throughput together ÷ the sum of the throughputs alone, with the same code. In separate "
                + "clusters they share only the machine. of 2 × slow: relative to the ideal of methods that wait for "
                + "the slower worker at each step."
        );
    }
}
