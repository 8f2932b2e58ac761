namespace ActorTrain.Parameters;

/// <summary>A shard's slice of the flat parameter vector.</summary>
/// <param name="Index">Number of the shard that holds it, from 0.</param>
/// <param name="Offset">First element.</param>
/// <param name="Length">Number of elements.</param>
internal sealed record ShardSlice(int Index, int Offset, int Length);

/// <summary>Cuts a flat parameter vector into shards of nearly equal size, if necessary within a tensor.</summary>
internal static class ShardMap
{
    /// <summary>
    /// Cuts fall on multiples of this many floats (64 bytes), so that two shards never share a cache line.
    /// </summary>
    public const int Alignment = 16;

    /// <summary>
    /// Cuts <paramref name="parameters"/> elements into <paramref name="shards"/> slices that differ by at most
    /// <see cref="Alignment"/> elements.
    /// </summary>
    /// <param name="parameters">Length of the flat vector, ≥ 1.</param>
    /// <param name="shards">Number of slices, ≥ 1; a small vector gets fewer, so that none is empty.</param>
    public static IReadOnlyList<ShardSlice> Cut(int parameters, int shards)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parameters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        var units = (int)((parameters - 1L) / Alignment) + 1;
        var count = Math.Min(shards, units);
        var slices = new ShardSlice[count];
        for (var i = 0; i < count; i++)
        {
            var start = CutAt(i);
            slices[i] = new ShardSlice(i, start, CutAt(i + 1) - start);
        }
        return slices;

        int CutAt(int index) => (int)Math.Min(parameters, (long)units * index / count * Alignment);
    }
}
