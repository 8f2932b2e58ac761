namespace ActorTrain.Torch.Engine;

/// <summary>
/// Fills up a micro-batch that is too small for statistics over a batch: other samples join the forward, but not the
/// loss. So each sample still counts once.
/// </summary>
internal static class FillerSamples
{
    /// <summary>The samples, followed by the fillers.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="least">How many there must be in all, where the data set has as many.</param>
    /// <param name="count">Training samples of the data set.</param>
    /// <param name="seed">Selects the fillers.</param>
    public static int[] Append(ReadOnlySpan<int> samples, int least, int count, long seed)
    {
        var filled = new List<int>(least);
        filled.AddRange(samples);
        var taken = filled.ToHashSet();
        var random = new SplitMix64(seed);
        // Consecutive from a random index: with few samples left, drawing until one is new would take long.
        var next = random.NextBelow(count);
        for (var tried = 0; tried < count && filled.Count < least; tried++, next = (next + 1) % count)
            if (taken.Add(next))
                filled.Add(next);
        return [.. filled];
    }
}
