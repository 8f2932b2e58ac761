using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Balance;

/// <summary>
/// The speeds of two workers change places half way through a job: who did how much, before and in each second after.
/// </summary>
internal static class FlipBenchmark
{
    // Once a second would be too coarse: most of it is over in two.
    private const string Often = "actortrain.coordinator.progress-interval = 250ms";
    private const int SecondsBefore = 4,
        SecondsAfter = 10;
    private static readonly TrainingJob Job = TrainingJob.Named("cnn 64");

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await Console.Error.WriteLineAsync("measuring the flip, about half a minute");
        double[] speeds = [1, UnequalResult.Slow];
        await using var nodes = await LocalNodes.StartAsync(
            [() => Volatile.Read(ref speeds[0]), () => Volatile.Read(ref speeds[1])],
            $"{options.NodeSettings}\n{Often}"
        );
        var job = Job.Options(options.JobSettings);
        var (looks, flipped) = (new List<JobProgress>(), (JobProgress?)null);
        var report = await nodes.RunAsync(
            job,
            progress =>
            {
                if (progress.Phase != JobPhase.Training)
                    return;
                looks.Add(progress);
                if (flipped is not null || progress.SamplesApplied < progress.SamplesExpected / 2)
                    return;
                Volatile.Write(ref speeds[0], UnequalResult.Slow);
                Volatile.Write(ref speeds[1], 1);
                flipped = progress;
            }
        );
        report.Checked();
        Print(
            job,
            nodes.Workers,
            looks,
            flipped
                ?? throw new InvalidOperationException("the job was over before its half was seen; give it more epochs")
        );
    }

    private static void Print(JobOptions job, IReadOnlyList<string> nodes, List<JobProgress> looks, JobProgress flipped)
    {
        var table = new Table(
            "seconds",
            "images/s",
            "shares",
            "micro-batches",
            $"leases (of {job.LeaseBatches} pushes) since the flip"
        )
        {
            AtTheEnd = true,
        };
        var before = Stretch(-SecondsBefore, 0);
        Add($"-{SecondsBefore} to 0", -SecondsBefore, before, new double[nodes.Count]);
        for (var second = 0; second < SecondsAfter && At(second + 1) != At(second); second++)
            Add($"{second} to {second + 1}", second, Stretch(second, second + 1), Leases(At(second + 1)));
        table.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Speeds 1 : {UnequalResult.Slow} become {UnequalResult.Slow} : 1 half way through {job.Name}, "
                    + $"{job.Epochs} epochs"
            )
        );

        // Micro-batches are what the coordinator has decided by its estimates. They move in eighths of the batch.
        var step = job.Batch / 8;
        var followed = looks
            .Zip(looks.Skip(1))
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
                    $"\nMicro-batches had changed places after {from.Seconds - flipped.Seconds:0.0} s: "
                        + $"{WorkerPart.Each(Leases(from), "0")} leases (of {job.LeaseBatches} pushes) since the flip."
                )
                : "\nMicro-batches have not changed places before the job ended."
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

        IReadOnlyList<WorkerPart> Stretch(int start, int end) => WorkerPart.Between(At(start), At(end), nodes);

        IEnumerable<double> Leases(JobProgress until) =>
            WorkerPart.Between(flipped, until, nodes).Select(part => (double)part.Pushes / job.LeaseBatches);

        // The last look that is not later.
        JobProgress At(int second) => looks.Last(look => look == looks[0] || look.Seconds <= flipped.Seconds + second);
    }
}
