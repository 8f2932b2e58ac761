using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>What a progress means: how far, how long still.</summary>
internal static class ProgressFigures
{
    /// <summary>The part that is done, 0 to 1.</summary>
    public static double PartDone(this JobProgress progress) =>
        progress.SamplesExpected <= 0
            ? 0
            : Math.Clamp((double)progress.SamplesApplied / progress.SamplesExpected, 0, 1);

    /// <summary>
    /// Seconds until all samples are applied; null while nothing is known. By the speed of the last seconds, as workers
    /// come and go, and by the mean speed where the last seconds were a standstill.
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
