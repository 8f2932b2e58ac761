namespace ActorTrain.Leases;

/// <summary>
/// The positions that no worker holds: those that were returned, and those that were never granted. Decides which range
/// of them a lease gets.
/// </summary>
/// <param name="samples">Training samples.</param>
/// <param name="epochs">Epochs in the job.</param>
/// <param name="least">Samples that a gradient has at least: no range leaves a shorter one behind.</param>
internal sealed class UngrantedPositions(int samples, int epochs, int least)
{
    private readonly PositionsByEpoch _returned = new();

    // The first position that was never granted: positions are granted in order.
    private int _epoch = 1;
    private int _next;

    /// <summary>The epoch that is being granted, from 1.</summary>
    public int Epoch => Math.Min(_epoch, epochs);

    /// <summary>The first of them in the order.</summary>
    public SampleRange First
    {
        get
        {
            var returned = _returned.Counts.Select(returned => returned.Epoch).FirstOrDefault(int.MaxValue);
            return returned > _epoch || _returned.Find(returned) is not { } positions
                ? new SampleRange(_epoch, _next, 0)
                : new SampleRange(returned, positions.Ranges[0].Start, 0);
        }
    }

    /// <summary>The last epoch that may be granted now.</summary>
    public int LastEpoch { get; set; } = int.MaxValue;

    /// <summary>By epoch, where ranges that some shard has applied begin and end.</summary>
    public IReadOnlyDictionary<int, SortedSet<int>> Cuts { get; set; } = new Dictionary<int, SortedSet<int>>();

    /// <summary>Whether nothing is granted because of <see cref="LastEpoch"/>.</summary>
    public bool AreHeldBack => _epoch > LastEpoch && _epoch <= epochs && _returned.IsEmpty;

    /// <summary>
    /// The epochs that have positions now, in order, and how many; the epoch after the current one last.
    /// </summary>
    public IEnumerable<(int Epoch, int Samples)> Offers
    {
        get
        {
            foreach (var (epoch, count) in _returned.Counts)
                if (epoch < _epoch)
                    yield return (epoch, count);
            var last = Math.Min(epochs, LastEpoch);
            if (_epoch > last)
                yield break;
            yield return (_epoch, samples - _next + (_returned.Find(_epoch)?.Count ?? 0));
            if (_epoch < last)
                yield return (_epoch + 1, samples);
        }
    }

    /// <summary>The longest range of an epoch that is next; null when the epoch has none.</summary>
    public (int Start, int End)? NextOf(int epoch)
    {
        if (_returned.Find(epoch) is { } returned)
            return returned.Ranges[0];
        if (epoch > epochs)
            return null;
        if (epoch == _epoch)
            return (_next, samples);
        return epoch == _epoch + 1 ? (0, samples) : null;
    }

    /// <summary>Takes the next range of an epoch; null when it has none.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="size">At most so many, ≥ 1; more where the rest would be too short for a gradient.</param>
    /// <param name="before">The position that the range ends before.</param>
    public SampleRange? Take(int epoch, int size, int before) =>
        TakeReturned(epoch, size, before) ?? TakeNew(epoch, size, before);

    /// <summary>A range is to be granted again.</summary>
    public void Return(int epoch, int start, int end) => _returned.Add(epoch, start, end);

    /// <summary>A range is done: it is not granted again.</summary>
    public void Remove(int epoch, int start, int end) => _returned.Remove(epoch, start, end);

    /// <summary>Continues another coordinator's job.</summary>
    /// <param name="furthest">The last epoch of which something is done: all positions up to its end had been granted;
    /// 0 for none.</param>
    /// <param name="missing">The positions of an epoch that are not done: they are granted again.</param>
    public void Adopt(int furthest, Func<int, IReadOnlyList<(int Start, int End)>> missing)
    {
        if (furthest == 0)
            return;
        (_epoch, _next) = (furthest, samples);
        for (var epoch = 1; epoch <= Epoch; epoch++)
            foreach (var (start, end) in missing(epoch))
                Return(epoch, start, end);
        AdvanceEpochIfGranted();
    }

    private SampleRange? TakeReturned(int epoch, int size, int before)
    {
        if (_returned.Find(epoch) is not { } returned)
            return null;
        var (start, limit) = returned.Ranges[0];
        limit = Math.Min(limit, before);
        // One shard may have applied a part that another lacks: a lease is new, or not new, to each shard as a whole.
        if (NextCut(epoch, start) is { } cut)
            limit = Math.Min(limit, cut);
        var end = EndOf(start, size, limit);
        _returned.Remove(epoch, start, end);
        return new SampleRange(epoch, start, end - start);
    }

    private int? NextCut(int epoch, int start) =>
        Cuts.TryGetValue(epoch, out var cuts) && cuts.GetViewBetween(start + 1, int.MaxValue) is { Count: > 0 } after
            ? after.Min
            : null;

    private SampleRange? TakeNew(int epoch, int size, int before)
    {
        // The next epoch begins early where the end of this one is left to faster workers: it is granted as if it had
        // been returned.
        if (epoch == _epoch + 1 && epoch <= epochs)
        {
            Return(_epoch, _next, samples);
            (_epoch, _next) = (epoch, 0);
        }
        if (epoch != _epoch || epoch > epochs)
            return null;
        var range = new SampleRange(_epoch, _next, EndOf(_next, size, Math.Min(samples, before)) - _next);
        _next = range.End;
        AdvanceEpochIfGranted();
        return range;
    }

    // A rest that is too short for a gradient of its own is taken, too.
    private int EndOf(int start, int size, int limit) =>
        limit - start - Math.Max(size, least) < least ? limit : start + Math.Max(size, least);

    private void AdvanceEpochIfGranted()
    {
        if (_next == samples)
            (_epoch, _next) = (_epoch + 1, 0);
    }
}
