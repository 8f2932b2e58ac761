using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine.Display;

/// <summary>A job's progress as one line of text.</summary>
internal static class ProgressLine
{
    public static string Format(JobProgress progress) =>
        progress.Phase switch
        {
            JobPhase.Training => Training(progress),
            JobPhase.Finishing => $"finishing: {Plural.Format(progress.SamplesApplied, "sample")} applied, "
                + (progress.Reason.Length == 0 ? "last evaluation under way" : progress.Reason),
            _ => progress.Reason.Length == 0 ? Phase(progress.Phase) : $"{Phase(progress.Phase)}: {progress.Reason}",
        };

    /// <summary>A completed epoch.</summary>
    public static string Format(EpochSummary epoch, JobProgress progress) =>
        $"epoch {epoch.Epoch}/{progress.Epochs} done in {Figures.Duration(epoch.Seconds)}: "
        + $"train loss {Figures.Loss(epoch.TrainLoss)}, test loss {Figures.Loss(epoch.TestLoss)}, test "
        + $"{progress.Metric} {Figures.Metric(epoch.TestAccuracy)}";

    /// <summary>An event.</summary>
    public static string Format(SupervisionEvent raised)
    {
        var about = raised.Node.Length == 0 ? raised.Kind : $"{raised.Kind} {raised.Node}";
        var action = raised.Action.Length == 0 ? "" : $"; {raised.Action}";
        return $"{about}: {raised.Reason}{action}";
    }

    private static string Training(JobProgress progress) =>
        $"epoch {progress.Epoch}/{progress.Epochs}  {Figures.Percent(progress.PartDone())}  "
        + $"{Figures.Count(progress.SamplesApplied)}/{Plural.Format(progress.SamplesExpected, "sample")}  "
        + $"{Rate.Format(progress.Throughput)} samples/s  loss {Figures.Loss(progress.TrainLoss)}  {progress.Metric} "
        + $"{Figures.Metric(progress.TestAccuracy)}  "
        + $"{Plural.Format(progress.Workers.Count(worker => worker.Absence is null), "worker")}  staleness "
        + $"{Figures.Staleness(progress.Staleness.Mean)}  ETA {Figures.Duration(progress.SecondsLeft())}"
        + (progress.Reason.Length == 0 ? "" : $"  {progress.Reason}");

    /// <summary>A phase.</summary>
    public static string Phase(JobPhase phase) => Choices.NameOf(phase).Replace('-', ' ');
}
