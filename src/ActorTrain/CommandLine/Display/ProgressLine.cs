using ActorTrain.Job;
using ActorTrain.Supervision;

namespace ActorTrain.CommandLine.Display;

/// <summary>A job's progress as one line of text.</summary>
internal static class ProgressLine
{
    public static string Of(JobProgress progress) => progress.Phase switch
    {
        JobPhase.Training => Training(progress),
        JobPhase.Finishing => $"finishing: {Figures.Count(progress.SamplesApplied)} samples applied, last evaluation under way",
        _ => progress.Reason.Length == 0 ? $"{Phase(progress.Phase)}" : $"{Phase(progress.Phase)}: {progress.Reason}",
    };

    /// <summary>A completed epoch.</summary>
    public static string Of(EpochSummary epoch, int epochs) =>
        $"epoch {epoch.Epoch}/{epochs} done in {Figures.Duration(epoch.Seconds)}: "
        + $"train loss {Figures.Loss(epoch.TrainLoss)}, test loss {Figures.Loss(epoch.TestLoss)}, test accuracy {Figures.Accuracy(epoch.TestAccuracy)}";

    /// <summary>Something that happened to the cluster.</summary>
    public static string Of(SupervisionEvent happened) =>
        $"{happened.Kind} {happened.Node}: {happened.Reason}{(happened.Remedy.Length == 0 ? "" : $"; {happened.Remedy}")}".Replace(" : ", ": ", StringComparison.Ordinal);

    private static string Training(JobProgress progress) =>
        $"epoch {progress.Epoch}/{progress.Epochs}  {Figures.Percent(progress.PartDone())}  "
        + $"{Figures.Count(progress.SamplesApplied)}/{Figures.Count(progress.SamplesExpected)} samples  {Figures.Speed(progress.Throughput)} img/s  "
        + $"loss {Figures.Loss(progress.TrainLoss)}  accuracy {Figures.Accuracy(progress.TestAccuracy)}  "
        + $"{(progress.Workers.Count == 1 ? "1 worker" : $"{progress.Workers.Count} workers")}  "
        + $"staleness {Figures.Staleness(progress.Staleness.Mean)}  ETA {Figures.Duration(progress.SecondsLeft())}";

    private static string Phase(JobPhase phase) => phase.ToString().ToLowerInvariant();
}
