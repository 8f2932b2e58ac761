using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Balance;

/// <summary>
/// Two workers swap speeds half way through a job: the work of each, before and in each second after.
/// </summary>
internal static class FlipBenchmark
{
    // Once a second is too coarse: most of the change takes two seconds.
    private const string FrequentProgress = "actortrain.coordinator.progress-interval = 250ms";
    private const int SecondsBefore = 4,
        SecondsAfter = 10;
    private static readonly TrainingJob Job = TrainingJob.Find("cnn 64");

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await Console.Error.WriteLineAsync("measuring the flip, about half a minute");
        double[] speeds = [1, UnequalResult.Slow];
        await using var nodes = await LocalNodes.StartAsync(
            [() => Volatile.Read(ref speeds[0]), () => Volatile.Read(ref speeds[1])],
            $"{options.NodeSettings}\n{FrequentProgress}"
        );
        var job = Job.Options(options.JobSettings);
        var (progressSoFar, flipped) = (new List<JobProgress>(), (JobProgress?)null);
        var report = await nodes.RunAsync(
            job,
            progress =>
            {
                if (progress.Phase != JobPhase.Training)
                    return;
                progressSoFar.Add(progress);
                if (flipped is not null || progress.SamplesApplied < progress.SamplesExpected / 2)
                    return;
                Volatile.Write(ref speeds[0], UnequalResult.Slow);
                Volatile.Write(ref speeds[1], 1);
                flipped = progress;
            }
        );
        report.EnsureLearned();
        Print(
            job,
            nodes.Workers,
            progressSoFar,
            flipped
                ?? throw new InvalidOperationException(
                    "the job ended before half of it was reported; give it more epochs"
                )
        );
    }

    private static void Print(
        JobOptions job,
        IReadOnlyList<string> nodes,
        List<JobProgress> progressSoFar,
        JobProgress flipped
    )
    {
        var table = new Table(
            "seconds",
            "images/s",
            "shares",
            "micro-batches",
            $"leases (of {job.MicroBatchesPerLease} pushes) since the flip"
        )
        {
            PrintsAtEnd = true,
        };
        var before = Parts(-SecondsBefore, 0);
        Add($"-{SecondsBefore} to 0", -SecondsBefore, before, new double[nodes.Count]);
        for (var second = 0; second < SecondsAfter && At(second + 1) != At(second); second++)
            Add($"{second} to {second + 1}", second, Parts(second, second + 1), Leases(At(second + 1)));
        table.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Speeds 1 : {UnequalResult.Slow} become {UnequalResult.Slow} : 1 half way through {job.Name}, "
                    + $"{job.Epochs} epochs"
            )
        );

        // The coordinator decides the micro-batches by its estimates, in eighths of the batch.
        var step = job.BatchSize / 8;
        var followed = progressSoFar
            .Zip(progressSoFar.Skip(1))
            .FirstOrDefault(pair =>
                pair.First.Seconds >= flipped.Seconds
                && WorkerPart.Between(pair.First, pair.Second, nodes) is var parts
                && parts.All(part => part.Pushes > 0)
                && parts[0].MicroBatch <= before[1].MicroBatch + step
                && parts[1].MicroBatch >= before[0].MicroBatch - step
            );
        Console.WriteLine(
            followed.First is { } from
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"\nMicro-batches were swapped after {from.Seconds - flipped.Seconds:0.0} s: "
                        + $"{WorkerPart.Each(Leases(from), "0")} leases (of {job.MicroBatchesPerLease} pushes) "
                        + $"since the flip."
                )
                : "\nMicro-batches were not swapped before the job ended."
        );

        void Add(string seconds, int start, IReadOnlyList<WorkerPart> parts, IEnumerable<double> leases)
        {
            var (from, to) = (At(start), At(start < 0 ? 0 : start + 1));
            table.Add(
                seconds,
                Measured.Whole(parts.Sum(part => part.Samples) / (to.Seconds - from.Seconds)),
                WorkerPart.Each(parts.Select(part => part.Share), "0.00"),
                WorkerPart.Each(parts.Select(part => part.MicroBatch), "0"),
                WorkerPart.Each(leases, "0")
            );
        }

        IReadOnlyList<WorkerPart> Parts(int start, int end) => WorkerPart.Between(At(start), At(end), nodes);

        IEnumerable<double> Leases(JobProgress until) =>
            WorkerPart.Between(flipped, until, nodes).Select(part => (double)part.Pushes / job.MicroBatchesPerLease);

        // The last progress that is not later.
        JobProgress At(int second) =>
            progressSoFar.Last(progress =>
                progress == progressSoFar[0] || progress.Seconds <= flipped.Seconds + second
            );
    }
}
