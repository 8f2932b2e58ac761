namespace ActorTrain.Parameters;

/// <summary>A range of a flat vector.</summary>
/// <param name="Offset">Its first element.</param>
/// <param name="Length">Number of elements, ≥ 1.</param>
public readonly record struct FlatRange(int Offset, int Length)
{
    /// <summary>The element after its last.</summary>
    public int End => Offset + Length;

    /// <summary>The ranges of a vector that are outside some others.</summary>
    /// <param name="length">Length of the vector.</param>
    /// <param name="ranges">The others, in order, not adjacent.</param>
    internal static FlatRange[] Without(int length, IReadOnlyList<FlatRange> ranges)
    {
        var rest = new List<FlatRange>(ranges.Count + 1);
        var start = 0;
        foreach (var range in ranges)
        {
            if (range.Offset > start)
                rest.Add(new FlatRange(start, range.Offset - start));
            start = range.End;
        }
        if (length > start)
            rest.Add(new FlatRange(start, length - start));
        return [.. rest];
    }

    /// <summary>The intersection of two lists of ranges, each in order and not adjacent.</summary>
    internal static FlatRange[] Common(IReadOnlyList<FlatRange> one, IReadOnlyList<FlatRange> other)
    {
        var common = new List<FlatRange>();
        for (var (i, j) = (0, 0); i < one.Count && j < other.Count; )
        {
            var (start, end) = (Math.Max(one[i].Offset, other[j].Offset), Math.Min(one[i].End, other[j].End));
            if (start < end)
                common.Add(new FlatRange(start, end - start));
            if (one[i].End < other[j].End)
                i++;
            else
                j++;
        }
        return [.. common];
    }

    /// <summary>The parts of some ranges that lie in a slice, relative to its beginning.</summary>
    internal static FlatRange[] In(ShardSlice slice, IReadOnlyList<FlatRange> ranges) =>
        ranges.Count == 0
            ? []
            :
            [
                .. Common(ranges, [new FlatRange(slice.Offset, slice.Length)])
                    .Select(range => range with { Offset = range.Offset - slice.Offset }),
            ];
}

/// <summary>A range of a flat vector whose elements are of one type.</summary>
/// <param name="Type">The type.</param>
/// <param name="Offset">The first word.</param>
/// <param name="Length">Number of words.</param>
internal sealed record TypedRange(ElementType Type, int Offset, int Length)
{
    /// <summary>Number of elements, with the zeros that fill up the last word of a tensor.</summary>
    internal int Count => (int)(4L * Length / Type.Size());
}
