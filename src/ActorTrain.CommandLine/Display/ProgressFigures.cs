using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>Figures derived from a progress: the part that is done, and the time left.</summary>
internal static class ProgressFigures
{
    /// <summary>The part that is done, 0 to 1.</summary>
    public static double PartDone(this JobProgress progress) =>
        progress.SamplesExpected <= 0
            ? 0
            : Math.Clamp((double)progress.SamplesApplied / progress.SamplesExpected, 0, 1);

    /// <summary>
    /// Seconds until all samples are applied; null while unknown. Uses the throughput of the last seconds, since
    /// workers come and go, and the mean throughput if that is 0.
    /// </summary>
    public static double? SecondsLeft(this JobProgress progress)
    {
        var left = progress.SamplesExpected - progress.SamplesApplied;
        if (left <= 0)
            return 0;
        var mean = progress.Seconds > 0 ? progress.SamplesApplied / progress.Seconds : 0;
        var speed = progress.Throughput > 0 && double.IsFinite(progress.Throughput) ? progress.Throughput : mean;
        return speed > 0 ? left / speed : null;
    }
}
