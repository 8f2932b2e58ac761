using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>Two workers saturate the cores without faults: the coordinator must not doubt them.</summary>
internal static class AlarmsBenchmark
{
    private const int Workers = 2,
        Unlimited = 1_000_000;
    private static readonly string[] Alarms =
    [
        SupervisionEventKinds.WorkerUnreachable,
        SupervisionEventKinds.WorkerLost,
    ];

    /// <returns>Whether no worker was doubted.</returns>
    public static async Task<bool> RunAsync(string name, TimeSpan time, string jobSettings, string nodeSettings)
    {
        await using var cluster = await Cluster.StartAsync(Workers, nodeSettings);
        var job = TrainingJob.Find(name).Options(jobSettings) with { Epochs = Unlimited };
        var (processor, trained) = (cluster.ProcessorSeconds, 0.0);
        var (watch, minutes) = (new Stopwatch(), 0);
        var report = await cluster.RunAsync(
            job,
            (run, progress) =>
            {
                if (progress.Seconds >= 60 * (minutes + 1))
                {
                    minutes++;
                    Interim.Print(
                        FormattableString.Invariant($"{name}, after {minutes} min"),
                        ("images/s", Measured.Whole(progress.SamplesApplied / progress.Seconds)),
                        ("alarms", $"{progress.Events.Count(raised => Alarms.Contains(raised.Kind))}")
                    );
                }
                if (progress.Seconds == 0)
                    processor = cluster.ProcessorSeconds;
                else
                    watch.Start();
                if (trained > 0 || watch.Elapsed < time)
                    return;
                trained = (cluster.ProcessorSeconds - processor) / watch.Elapsed.TotalSeconds;
                run.Cancel();
            }
        );
        var alarms = report.Events.Where(raised => Alarms.Contains(raised.Kind)).ToList();
        var table = new Table("job", "minutes", "images/s", "cores busy", "alarms");
        table.Add(
            name,
            (report.WallSeconds / 60).ToString("0.0", CultureInfo.InvariantCulture),
            Measured.Whole(report.Throughput),
            trained.ToString("0.00", CultureInfo.InvariantCulture),
            $"{alarms.Count}"
        );
        table.Print(
            $"Alarms with {Workers} worker processes at full speed on {Environment.ProcessorCount} cores, without "
                + "faults"
        );
        foreach (var alarm in alarms)
            Console.WriteLine(
                FormattableString.Invariant(
                    $"\nFAILED: {alarm.Elapsed.TotalSeconds:0.0} s {alarm.Kind} {alarm.Node}: {alarm.Reason}"
                )
            );
        return alarms.Count == 0;
    }
}
