using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>The last lines of a run.</summary>
internal static class Summary
{
    /// <summary>What came out, in a few lines.</summary>
    public static IEnumerable<string> Lines(TrainingReport report, bool stopped)
    {
        yield return $"{report.Job}: {(stopped ? "stopped" : "done")} after {Figures.Duration(report.WallSeconds)}, {Figures.Speed(report.Throughput)} img/s, "
            + $"test accuracy {Figures.Accuracy(report.TestAccuracy)}";
        yield return $"{report.Model.Name} with {Figures.Count(report.Model.Parameters)} parameters on {report.Data.Name} "
            + $"({Figures.Count(report.Data.TrainSamples)} + {Figures.Count(report.Data.TestSamples)} samples)";
        yield return $"samples applied {Figures.Count(report.SamplesApplied)} {(report.SamplesApplied == report.SamplesExpected ? "=" : "of")} "
            + $"expected {Figures.Count(report.SamplesExpected)}, duplicates refused {Figures.Count(report.DuplicatesRefused)}";
        yield return $"staleness mean {Figures.Staleness(report.Staleness.Mean)}, max {report.Staleness.Max}";
    }

    /// <summary>All in one line, for <c>--quiet</c>.</summary>
    public static string Line(TrainingReport report, bool stopped) => Lines(report, stopped).First();
}
