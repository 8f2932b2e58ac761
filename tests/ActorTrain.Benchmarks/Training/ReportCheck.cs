using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Training;

/// <summary>A time counts only when the job was done.</summary>
internal static class ReportCheck
{
    // Of ten classes, guessed at.
    private static readonly double FirstLoss = Math.Log(10);

    /// <summary>Checks that each sample was applied once and that the network has learnt.</summary>
    public static TrainingReport Checked(this TrainingReport report) =>
        Complaint(report) is { } complaint ? throw new InvalidOperationException(complaint) : report;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static string? Complaint(TrainingReport report) =>
        report.SamplesApplied != report.SamplesExpected ? $"{report.SamplesApplied} of {report.SamplesExpected} samples were applied"
        : report.Epochs[^1].TrainLoss < FirstLoss ? null : $"the job does not learn: its loss is {report.Epochs[^1].TrainLoss}";
}
