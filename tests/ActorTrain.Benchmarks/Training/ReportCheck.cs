using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Training;

/// <summary>Checks a job's report: a time counts only if the job was complete.</summary>
internal static class ReportCheck
{
    // Of guesses among ten classes.
    private static readonly double FirstLoss = Math.Log(10);

    /// <summary>Checks that each sample was applied once.</summary>
    public static TrainingReport EnsureCounted(this TrainingReport report) =>
        report.SamplesApplied == report.SamplesExpected
            ? report
            : throw new InvalidOperationException(
                $"{report.SamplesApplied} of {report.SamplesExpected} samples were applied"
            );

    /// <summary>Checks that each sample was applied once and that the network has learnt.</summary>
    public static TrainingReport EnsureLearned(this TrainingReport report) =>
        report.EnsureCounted().Epochs[^1].TrainLoss < FirstLoss
            ? report
            : throw new InvalidOperationException($"the job does not learn: its loss is {report.Epochs[^1].TrainLoss}");
}
