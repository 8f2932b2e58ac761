using ActorTrain.Supervision;

namespace ActorTrain.Job;

/// <summary>What has been added to a job's history: one of the two.</summary>
/// <param name="Epoch">An epoch that is complete, or has been evaluated since; it takes the place of the row before.
/// </param>
/// <param name="Event">An event.</param>
public sealed record HistoryEntry(EpochSummary? Epoch, SupervisionEvent? Event);

/// <summary>Some entries of a history.</summary>
/// <param name="First">The number of the first, from 0.</param>
/// <param name="Entries">The entries, in order.</param>
/// <param name="Total">Entries of the whole history so far.</param>
public sealed record HistoryPage(int First, HistoryEntry[] Entries, int Total);

/// <summary>
/// A job's epochs and events in the order in which they were added. It grows with the job, so nobody is told all of it
/// again: whoever follows the job says how much has arrived, and is told the next page.
/// </summary>
internal sealed class JobHistory
{
    // A page fits a frame beside what it travels with.
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

    /// <summary>Adds what is new: rows that are new or have changed, and events beyond those that are here.</summary>
    public void Update(IReadOnlyList<EpochSummary> epochs, IReadOnlyList<SupervisionEvent> events)
    {
        foreach (var epoch in epochs)
            if (!_epochs.TryGetValue(epoch.Epoch, out var known) || known != epoch)
                Add(new HistoryEntry(epoch, null));
        for (var i = _events.Count; i < events.Count; i++)
            Add(new HistoryEntry(null, events[i]));
    }

    /// <summary>The entries from a number on, as many as a page holds: at least one, where there is one.</summary>
    public HistoryPage From(int first)
    {
        var begin = Math.Clamp(first, 0, _entries.Count);
        var (end, bytes) = (begin, 0);
        while (end < _entries.Count && (end == begin || bytes + SizeOf(_entries[end]) <= PageBytes))
            bytes += SizeOf(_entries[end++]);
        return new HistoryPage(begin, [.. _entries[begin..end]], _entries.Count);
    }

    /// <summary>Takes in a page: what is here already is left out, and a page that comes too early is no use.</summary>
    /// <returns>Whether all that its sender has is here now.</returns>
    public bool Take(HistoryPage page)
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
        if (entry.Event is { } happened)
            _events.Add(happened);
    }

    private static int SizeOf(HistoryEntry entry) =>
        entry.Event is { } happened
            ? EventBytes
                + 3 * (happened.Kind.Length + happened.Node.Length + happened.Reason.Length + happened.Remedy.Length)
            : EpochBytes;
}
