namespace ActorTrain.Torch.Engine;

/// <summary>
/// A few samples that are to be a gradient of their own, where statistics over a batch need more: others of the data
/// set join them in the forward, and not in the loss. So each sample still counts once.
/// </summary>
internal static class Companions
{
    /// <summary>The samples, first, and others after them.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="least">How many there are to be, where the data set has as many.</param>
    /// <param name="count">Training samples of the data set.</param>
    /// <param name="seed">Says which others.</param>
    public static int[] Join(ReadOnlySpan<int> samples, int least, int count, long seed)
    {
        var joined = new List<int>(least);
        joined.AddRange(samples);
        var taken = joined.ToHashSet();
        var random = new SplitMix64(seed);
        // From a random place on: with few samples left to choose from, drawing until one is new would take long.
        var next = random.NextBelow(count);
        for (var looked = 0; looked < count && joined.Count < least; looked++, next = (next + 1) % count)
            if (taken.Add(next))
                joined.Add(next);
        return [.. joined];
    }
}
