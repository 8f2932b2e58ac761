using System.Diagnostics;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>The coordinator's events, with the times at which they arrived.</summary>
internal sealed class EventLog
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<Entry> _entries = [];

    /// <summary>An event and the time at which it arrived.</summary>
    public sealed record Entry(TimeSpan At, SupervisionEvent Event);

    /// <summary>Time on this log's clock.</summary>
    public TimeSpan Now => _clock.Elapsed;

    public IReadOnlyList<Entry> All
    {
        get
        {
            lock (_entries)
                return [.. _entries];
        }
    }

    /// <summary>Records events until the stream ends.</summary>
    public async Task ListenAsync(IAsyncEnumerable<SupervisionEvent> events)
    {
        await foreach (var raised in events)
            lock (_entries)
                _entries.Add(new Entry(Now, raised));
    }

    /// <summary>The first event since a time; null if none arrives before the timeout or the job's end.</summary>
    public async Task<Entry?> FirstAsync(
        Func<SupervisionEvent, bool> isWanted,
        TimeSpan since,
        TimeSpan timeout,
        CancellationToken jobEnded
    )
    {
        while (true)
        {
            var isTimedOut = Now > since + timeout || jobEnded.IsCancellationRequested;
            if (All.FirstOrDefault(entry => entry.At >= since && isWanted(entry.Event)) is { } entry)
                return entry;
            if (isTimedOut)
                return null;
            await Task.Delay(PollInterval, CancellationToken.None);
        }
    }
}
