namespace ActorTrain.Leases;

/// <summary>Sets of positions by epoch, none of them empty.</summary>
internal sealed class PositionsByEpoch
{
    private readonly SortedDictionary<int, PositionSet> _positions = [];

    /// <summary>Whether there is no position in any epoch.</summary>
    public bool IsEmpty => _positions.Count == 0;

    /// <summary>The epochs that have positions, in order, and how many.</summary>
    public IEnumerable<(int Epoch, int Count)> Counts => _positions.Select(epoch => (epoch.Key, epoch.Value.Count));

    /// <summary>The positions of an epoch; null where there are none.</summary>
    public PositionSet? Find(int epoch) => _positions.GetValueOrDefault(epoch);

    /// <summary>Adds [start, end) of an epoch.</summary>
    public void Add(int epoch, int start, int end)
    {
        if (start >= end)
            return;
        if (!_positions.TryGetValue(epoch, out var set))
            _positions.Add(epoch, set = new PositionSet());
        set.Add(start, end);
    }

    /// <summary>Removes [start, end) of an epoch.</summary>
    public void Remove(int epoch, int start, int end)
    {
        if (!_positions.TryGetValue(epoch, out var set))
            return;
        set.Remove(start, end);
        if (set.Count == 0)
            _positions.Remove(epoch);
    }
}
