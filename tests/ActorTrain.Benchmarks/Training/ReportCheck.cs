using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Training;

/// <summary>A time counts only when the job was done.</summary>
internal static class ReportCheck
{
    // Of ten classes, guessed at.
    private static readonly double FirstLoss = Math.Log(10);

    /// <summary>Checks that each sample was applied once.</summary>
    public static TrainingReport Counted(this TrainingReport report) =>
        report.SamplesApplied == report.SamplesExpected
            ? report
            : throw new InvalidOperationException(
                $"{report.SamplesApplied} of {report.SamplesExpected} samples were applied"
            );

    /// <summary>Checks that each sample was applied once and that the network has learnt.</summary>
    public static TrainingReport Checked(this TrainingReport report) =>
        report.Counted().Epochs[^1].TrainLoss < FirstLoss
            ? report
            : throw new InvalidOperationException($"the job does not learn: its loss is {report.Epochs[^1].TrainLoss}");
}
