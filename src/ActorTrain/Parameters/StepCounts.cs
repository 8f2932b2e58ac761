namespace ActorTrain.Parameters;

/// <summary>
/// The number of steps that each element of a vector has taken. One number where all have taken as many; a parameter
/// without a gradient takes no step, as in PyTorch, and then its range has a number of its own.
/// </summary>
/// <param name="length">Length of the vector.</param>
internal sealed class StepCounts(int length)
{
    private List<(FlatRange Range, long Steps)> _counts = [(new FlatRange(0, length), 0)];

    /// <summary>The counts: ranges in order that are the whole vector, none with the count of its neighbour.</summary>
    public IReadOnlyList<(FlatRange Range, long Steps)> Ranges => _counts;

    /// <summary>Goes on from other counts of the same length.</summary>
    public void Restore(IEnumerable<(FlatRange Range, long Steps)> ranges) => _counts = [.. ranges];

    /// <summary>Some ranges take a step.</summary>
    /// <param name="touched">The ranges, in order, not adjacent.</param>
    /// <returns>The same ranges, cut where counts differ, each with its number of steps, from 1.</returns>
    public IReadOnlyList<(FlatRange Range, long Steps)> Step(ReadOnlySpan<FlatRange> touched)
    {
        var (stepped, counts) = (new List<(FlatRange, long)>(), new List<(FlatRange Range, long Steps)>());
        var next = 0;
        foreach (var (range, steps) in _counts)
        {
            for (var start = range.Offset; start < range.End; )
            {
                while (next < touched.Length && touched[next].End <= start)
                    next++;
                var isTouched = next < touched.Length && touched[next].Offset <= start;
                var change =
                    next == touched.Length ? range.End
                    : isTouched ? touched[next].End
                    : touched[next].Offset;
                var end = Math.Min(range.End, change);
                var (piece, count) = (new FlatRange(start, end - start), isTouched ? steps + 1 : steps);
                if (isTouched)
                    stepped.Add((piece, count));
                if (counts.Count > 0 && counts[^1].Steps == count)
                    counts[^1] = (counts[^1].Range with { Length = end - counts[^1].Range.Offset }, count);
                else
                    counts.Add((piece, count));
                start = end;
            }
        }
        _counts = counts;
        return stepped;
    }
}
