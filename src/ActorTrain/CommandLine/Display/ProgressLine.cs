using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Supervision;

namespace ActorTrain.CommandLine.Display;

/// <summary>A job's progress as one line of text.</summary>
internal static class ProgressLine
{
    public static string Of(JobProgress progress) =>
        progress.Phase switch
        {
            JobPhase.Training => Training(progress),
            JobPhase.Finishing =>
                $"finishing: {Plural.Of(progress.SamplesApplied, "sample")} applied, last evaluation under way",
            _ => progress.Reason.Length == 0
                ? $"{Phase(progress.Phase)}"
                : $"{Phase(progress.Phase)}: {progress.Reason}",
        };

    /// <summary>A completed epoch.</summary>
    public static string Of(EpochSummary epoch, JobProgress progress) =>
        $"epoch {epoch.Epoch}/{progress.Epochs} done in {Figures.Duration(epoch.Seconds)}: "
        + $"train loss {Figures.Loss(epoch.TrainLoss)}, test loss {Figures.Loss(epoch.TestLoss)}, test "
        + $"{progress.Metric} {Figures.Metric(epoch.TestAccuracy)}";

    /// <summary>Something that happened to the cluster.</summary>
    public static string Of(SupervisionEvent happened)
    {
        var about = happened.Node.Length == 0 ? happened.Kind : $"{happened.Kind} {happened.Node}";
        var remedy = happened.Remedy.Length == 0 ? "" : $"; {happened.Remedy}";
        return $"{about}: {happened.Reason}{remedy}";
    }

    private static string Training(JobProgress progress) =>
        $"epoch {progress.Epoch}/{progress.Epochs}  {Figures.Percent(progress.PartDone())}  "
        + $"{Figures.Count(progress.SamplesApplied)}/{Plural.Of(progress.SamplesExpected, "sample")}  "
        + $"{Rate.Of(progress.Throughput)} samples/s  loss {Figures.Loss(progress.TrainLoss)}  {progress.Metric} "
        + $"{Figures.Metric(progress.TestAccuracy)}  "
        + $"{Plural.Of(progress.Workers.Count(worker => worker.Absence is null), "worker")}  staleness "
        + $"{Figures.Staleness(progress.Staleness.Mean)}  ETA {Figures.Duration(progress.SecondsLeft())}";

    private static string Phase(JobPhase phase) => phase.ToString().ToLowerInvariant();
}
