using System.Collections.Concurrent;

namespace ActorTrain.Leases;

/// <summary>
/// The order in which an epoch takes the training samples: a pure function of (seed, epoch), so that no order is ever
/// sent.
/// </summary>
internal static class SampleOrder
{
    // Workers of one process, a thousand of them in a simulation, use the same orders.
    private static readonly ConcurrentDictionary<(long Seed, int Epoch, int Samples), WeakReference<int[]>> InUse = [];

    /// <summary>
    /// A permutation of 0 … <paramref name="samples"/> − 1 (Fisher and Yates, with SplitMix64 as the generator). While
    /// it is in use in the process, every caller gets the same memory.
    /// </summary>
    public static ReadOnlyMemory<int> Get(long seed, int epoch, int samples)
    {
        var key = (seed, epoch, samples);
        if (InUse.TryGetValue(key, out var known) && known.TryGetTarget(out var order))
            return order;
        foreach (var (unused, reference) in InUse)
            if (!reference.TryGetTarget(out _))
                InUse.TryRemove(new(unused, reference));
        order = Shuffled(seed, epoch, samples);
        InUse[key] = new WeakReference<int[]>(order);
        return order;
    }

    private static int[] Shuffled(long seed, int epoch, int samples)
    {
        var random = new SplitMix64(SplitMix64.Mix(seed, epoch, 0));
        var order = new int[samples];
        for (var i = 0; i < samples; i++)
            order[i] = i;
        for (var i = samples - 1; i > 0; i--)
        {
            var j = random.NextBelow(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>The seed for all that is random in the gradient of a part: the same on every worker.</summary>
    public static long SeedOf(long seed, SampleRange part) => SplitMix64.Mix(seed, part.Epoch, part.Start + 1L);
}
