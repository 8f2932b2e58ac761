using ActorTrain.Job;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Display;

/// <summary>The last lines of a job.</summary>
internal static class Summary
{
    /// <summary>The result in a few lines.</summary>
    public static IEnumerable<string> Lines(TrainingReport report, bool canceled)
    {
        yield return $"{report.Job}: {(canceled ? "canceled" : "done")} after {Figures.Duration(report.WallSeconds)}, "
            + $"{Rate.Format(report.Throughput)} samples/s, test {report.Metric} {Figures.Metric(report.TestAccuracy)}"
            + (report.Data.Substitute is { } substitute ? $", on {substitute} of {report.Data.Name}" : "");
        yield return $"{report.Model.Name} with {Plural.Format(report.Model.Parameters, "parameter")} on "
            + $"{report.Data.Name} ({Figures.Count(report.Data.TrainSamples)} + "
            + $"{Plural.Format(report.Data.TestSamples, "sample")})";
        yield return $"samples applied {Figures.Count(report.SamplesApplied)} "
            + $"{(report.SamplesApplied == report.SamplesExpected ? "=" : "of")} "
            + $"expected {Figures.Count(report.SamplesExpected)}, duplicates refused "
            + $"{Figures.Count(report.DuplicatesRefused)}";
        yield return $"staleness mean {Figures.Staleness(report.Staleness.Mean)}, max {report.Staleness.Max}";
    }

    /// <summary>The result in one line, for <c>--quiet</c>.</summary>
    public static string Line(TrainingReport report, bool canceled) => Lines(report, canceled).First();
}
