namespace ActorTrain.Job;

/// <summary>An entry of a job's history: an epoch, the end of its row, or an event.</summary>
/// <param name="Epoch">An epoch that is complete, or has been evaluated since; it replaces its earlier row.</param>
/// <param name="Event">An event.</param>
/// <param name="Reopened">The number of an epoch that is complete no more, since a lost shard goes on from an older
/// copy; 0 for none. Its row is removed.</param>
internal sealed record HistoryEntry(EpochSummary? Epoch, SupervisionEvent? Event, int Reopened = 0);

/// <summary>Some entries of a history.</summary>
/// <param name="First">The number of the first, from 0.</param>
/// <param name="Entries">The entries, in order.</param>
/// <param name="Total">Entries of the whole history so far.</param>
internal sealed record HistoryPage(int First, HistoryEntry[] Entries, int Total);

/// <summary>
/// A job's epochs and events in the order in which they were added. It grows with the job, so it is sent in pages: the
/// receiver confirms how many entries have arrived, and gets the next page.
/// </summary>
internal sealed class JobHistory
{
    // A page fits a frame together with the rest of its message.
    private const int PageBytes = 32_000;
    private const int EpochBytes = 80;
    private const int EventBytes = 120;

    private readonly List<HistoryEntry> _entries = [];
    private readonly SortedDictionary<int, EpochSummary> _epochs = [];
    private readonly List<SupervisionEvent> _events = [];

    /// <summary>Entries so far.</summary>
    public int Count => _entries.Count;

    /// <summary>All entries.</summary>
    public IReadOnlyList<HistoryEntry> Entries => _entries;

    /// <summary>The newest row of each epoch, in order.</summary>
    public IReadOnlyList<EpochSummary> Epochs => [.. _epochs.Values];

    /// <summary>All events, oldest first.</summary>
    public IReadOnlyList<SupervisionEvent> Events => [.. _events];

    /// <summary>Adds new or changed rows, and events beyond the known ones; removes rows that are missing.</summary>
    /// <param name="epochs">The rows of all epochs that are complete.</param>
    /// <param name="events">All events, oldest first.</param>
    public void Update(IReadOnlyList<EpochSummary> epochs, IReadOnlyList<SupervisionEvent> events)
    {
        foreach (var epoch in _epochs.Keys.Except(epochs.Select(epoch => epoch.Epoch)).ToList())
            Add(new HistoryEntry(null, null, epoch));
        foreach (var epoch in epochs)
            if (!_epochs.TryGetValue(epoch.Epoch, out var known) || known != epoch)
                Add(new HistoryEntry(epoch, null));
        for (var i = _events.Count; i < events.Count; i++)
            Add(new HistoryEntry(null, events[i]));
    }

    /// <summary>The entries from a number on, as many as fit a page, and at least one if there is one.</summary>
    public HistoryPage PageFrom(int first)
    {
        var begin = Math.Clamp(first, 0, _entries.Count);
        var (end, bytes) = (begin, 0);
        while (end < _entries.Count && (end == begin || bytes + SizeOf(_entries[end]) <= PageBytes))
            bytes += SizeOf(_entries[end++]);
        return new HistoryPage(begin, [.. _entries[begin..end]], _entries.Count);
    }

    /// <summary>Adds a page. Known entries are skipped; a page that leaves a gap is ignored.</summary>
    /// <returns>Whether all entries of the sender are here now.</returns>
    public bool Add(HistoryPage page)
    {
        if (page.First <= Count)
            foreach (var entry in page.Entries.Skip(Count - page.First))
                Add(entry);
        return Count >= page.Total;
    }

    private void Add(HistoryEntry entry)
    {
        _entries.Add(entry);
        if (entry.Epoch is { } epoch)
            _epochs[epoch.Epoch] = epoch;
        if (entry.Event is { } raised)
            _events.Add(raised);
        _epochs.Remove(entry.Reopened);
    }

    private static int SizeOf(HistoryEntry entry) =>
        entry.Event is { } raised
            ? EventBytes + 3 * (raised.Kind.Length + raised.Node.Length + raised.Reason.Length + raised.Action.Length)
            : EpochBytes;
}
