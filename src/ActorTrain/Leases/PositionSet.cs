using System.Runtime.InteropServices;

namespace ActorTrain.Leases;

/// <summary>How some positions lie to a set of positions.</summary>
public enum Overlap
{
    /// <summary>None of them is in the set.</summary>
    None,

    /// <summary>Some are and some are not.</summary>
    Partial,

    /// <summary>All of them are in the set.</summary>
    Full,
}

/// <summary>
/// A set of positions of an epoch's order, kept as disjoint stretches: a million applied samples are a handful of
/// numbers.
/// </summary>
public sealed class PositionSet
{
    private readonly List<(int Start, int End)> _stretches = [];

    /// <summary>Number of positions in the set.</summary>
    public int Count { get; private set; }

    /// <summary>How [start, end) lies to the set.</summary>
    public Overlap OverlapWith(int start, int end)
    {
        var i = FirstEndingAfter(start);
        if (i == _stretches.Count || _stretches[i].Start >= end)
            return Overlap.None;
        return _stretches[i].Start <= start && _stretches[i].End >= end ? Overlap.Full : Overlap.Partial;
    }

    /// <summary>Adds [start, end); what is in the set already stays.</summary>
    public void Add(int start, int end)
    {
        if (start >= end)
            return;
        var first = FirstEndingAfter(start - 1);
        var last = first;
        while (last < _stretches.Count && _stretches[last].Start <= end)
        {
            (start, end) = (Math.Min(start, _stretches[last].Start), Math.Max(end, _stretches[last].End));
            Count -= _stretches[last].End - _stretches[last].Start;
            last++;
        }
        Replace(first, last, [(start, end)]);
        Count += end - start;
    }

    /// <summary>Takes [start, end) out; what is not in the set stays so.</summary>
    public void Remove(int start, int end)
    {
        if (start >= end)
            return;
        var first = FirstEndingAfter(start);
        var last = first;
        var kept = new List<(int Start, int End)>(2);
        while (last < _stretches.Count && _stretches[last].Start < end)
        {
            var stretch = _stretches[last++];
            Count -= stretch.End - stretch.Start;
            if (stretch.Start < start)
                kept.Add((stretch.Start, start));
            if (stretch.End > end)
                kept.Add((end, stretch.End));
        }
        Replace(first, last, CollectionsMarshal.AsSpan(kept));
        foreach (var stretch in kept)
            Count += stretch.End - stretch.Start;
    }

    /// <summary>Its stretches, in order, none touching another.</summary>
    public IReadOnlyList<(int Start, int End)> Stretches => _stretches;

    /// <summary>The first position from 0 on that is not in the set.</summary>
    public int FirstMissing => _stretches.Count > 0 && _stretches[0].Start == 0 ? _stretches[0].End : 0;

    /// <summary>The stretches of [start, end) that are not in the set.</summary>
    public IReadOnlyList<(int Start, int End)> MissingFrom(int start, int end)
    {
        var missing = new List<(int, int)>();
        for (var i = FirstEndingAfter(start); start < end; i++)
        {
            var (from, to) = i < _stretches.Count && _stretches[i].Start < end ? _stretches[i] : (end, end);
            if (start < from)
                missing.Add((start, from));
            start = Math.Max(start, to);
        }
        return missing;
    }

    // Most pushes lengthen a stretch: then nothing behind it has to move.
    private void Replace(int first, int last, ReadOnlySpan<(int, int)> by)
    {
        var same = Math.Min(last - first, by.Length);
        for (var i = 0; i < same; i++)
            _stretches[first + i] = by[i];
        _stretches.RemoveRange(first + same, last - first - same);
        _stretches.InsertRange(first + same, by[same..]);
    }

    private int FirstEndingAfter(int position)
    {
        var (low, high) = (0, _stretches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_stretches[middle].End > position)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
