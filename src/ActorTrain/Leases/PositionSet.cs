using System.Runtime.InteropServices;

namespace ActorTrain.Leases;

/// <summary>How many of some positions are in a set.</summary>
internal enum Overlap
{
    /// <summary>None of them is in the set.</summary>
    None,

    /// <summary>Some are and some are not.</summary>
    Partial,

    /// <summary>All of them are in the set.</summary>
    Full,
}

/// <summary>
/// A set of positions of an epoch's order, kept as disjoint ranges: a million applied samples are a handful of numbers.
/// </summary>
internal sealed class PositionSet
{
    private readonly List<(int Start, int End)> _ranges = [];

    /// <summary>A set of the positions of some ranges.</summary>
    public static PositionSet From(IEnumerable<(int Start, int End)> ranges)
    {
        var set = new PositionSet();
        foreach (var (start, end) in ranges)
            set.Add(start, end);
        return set;
    }

    /// <summary>Number of positions in the set.</summary>
    public int Count { get; private set; }

    /// <summary>How many positions of [start, end) are in the set.</summary>
    public Overlap OverlapWith(int start, int end)
    {
        var i = FirstEndingAfter(start);
        if (i == _ranges.Count || _ranges[i].Start >= end)
            return Overlap.None;
        return _ranges[i].Start <= start && _ranges[i].End >= end ? Overlap.Full : Overlap.Partial;
    }

    /// <summary>Adds [start, end); what is in the set already stays.</summary>
    public void Add(int start, int end)
    {
        if (start >= end)
            return;
        var first = FirstEndingAfter(start - 1);
        var last = first;
        while (last < _ranges.Count && _ranges[last].Start <= end)
        {
            (start, end) = (Math.Min(start, _ranges[last].Start), Math.Max(end, _ranges[last].End));
            Count -= _ranges[last].End - _ranges[last].Start;
            last++;
        }
        Replace(first, last, [(start, end)]);
        Count += end - start;
    }

    /// <summary>Removes [start, end); positions that are not in the set are ignored.</summary>
    public void Remove(int start, int end)
    {
        if (start >= end)
            return;
        var first = FirstEndingAfter(start);
        var last = first;
        var kept = new List<(int Start, int End)>(2);
        while (last < _ranges.Count && _ranges[last].Start < end)
        {
            var range = _ranges[last++];
            Count -= range.End - range.Start;
            if (range.Start < start)
                kept.Add((range.Start, start));
            if (range.End > end)
                kept.Add((end, range.End));
        }
        Replace(first, last, CollectionsMarshal.AsSpan(kept));
        foreach (var range in kept)
            Count += range.End - range.Start;
    }

    /// <summary>Its ranges, in order, none touching another.</summary>
    public IReadOnlyList<(int Start, int End)> Ranges => _ranges;

    /// <summary>The first position from 0 on that is not in the set.</summary>
    public int FirstMissing => _ranges.Count > 0 && _ranges[0].Start == 0 ? _ranges[0].End : 0;

    /// <summary>The ranges of [start, end) that are not in the set.</summary>
    public IReadOnlyList<(int Start, int End)> MissingFrom(int start, int end)
    {
        var missing = new List<(int, int)>();
        for (var i = FirstEndingAfter(start); start < end; i++)
        {
            var (from, to) = i < _ranges.Count && _ranges[i].Start < end ? _ranges[i] : (end, end);
            if (start < from)
                missing.Add((start, from));
            start = Math.Max(start, to);
        }
        return missing;
    }

    // Most pushes lengthen a range: then no range behind it has to move.
    private void Replace(int first, int last, ReadOnlySpan<(int, int)> by)
    {
        var same = Math.Min(last - first, by.Length);
        for (var i = 0; i < same; i++)
            _ranges[first + i] = by[i];
        _ranges.RemoveRange(first + same, last - first - same);
        _ranges.InsertRange(first + same, by[same..]);
    }

    private int FirstEndingAfter(int position)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].End > position)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
