using ActorTrain.Job;

namespace ActorTrain.Checkpoints;

/// <summary>Decides which checkpoints of a run are kept.</summary>
internal static class CheckpointRetention
{
    /// <summary>A checkpoint.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Time">Time that the job had trained.</param>
    /// <param name="Samples">Samples that it had applied.</param>
    /// <param name="Loss">The loss of its newest evaluation; null where there is none.</param>
    /// <param name="Accuracy">The accuracy of its newest evaluation; null where there is none.</param>
    public sealed record Entry(int Number, TimeSpan Time, long Samples, double? Loss, double? Accuracy);

    /// <summary>The numbers of those that are not kept.</summary>
    /// <param name="entries">All of them.</param>
    /// <param name="options">What is to be kept.</param>
    /// <param name="trainSamples">Samples of an epoch.</param>
    public static IReadOnlyList<int> Superfluous(
        IEnumerable<Entry> entries,
        CheckpointOptions options,
        int trainSamples
    )
    {
        var ordered = entries.OrderBy(entry => entry.Number).ToList();
        var kept = ordered.TakeLast(options.Keep).Select(entry => entry.Number).ToHashSet();
        if (options.KeepEvery.IsOn)
            kept.UnionWith(
                ordered
                    .GroupBy(entry => options.KeepEvery.Passed(entry.Time, entry.Samples, trainSamples))
                    .Select(interval => interval.First().Number)
            );
        // The first of equally good ones.
        var best = options.Best switch
        {
            BestCheckpoint.Accuracy => ordered
                .Where(entry => entry.Accuracy is not null)
                .MaxBy(entry => entry.Accuracy),
            BestCheckpoint.Loss => ordered.Where(entry => entry.Loss is not null).MinBy(entry => entry.Loss),
            _ => null,
        };
        if (best is not null)
            kept.Add(best.Number);
        return [.. ordered.Select(entry => entry.Number).Where(number => !kept.Contains(number))];
    }
}
