using System.Diagnostics;
using ActorTrain.Supervision;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>The coordinator's events, and when they came.</summary>
internal sealed class EventLog
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<Heard> _heard = [];

    /// <summary>An event and when it came.</summary>
    public sealed record Heard(TimeSpan At, SupervisionEvent Event);

    /// <summary>Time on this log's clock.</summary>
    public TimeSpan Now => _clock.Elapsed;

    public IReadOnlyList<Heard> All
    {
        get
        {
            lock (_heard)
                return [.. _heard];
        }
    }

    /// <summary>Takes in events until there are no more.</summary>
    public async Task ListenAsync(IAsyncEnumerable<SupervisionEvent> events)
    {
        await foreach (var happened in events)
            lock (_heard)
                _heard.Add(new Heard(Now, happened));
    }

    /// <summary>
    /// The first event about a node since a time; null when none has come in time, or the job is over.
    /// </summary>
    public async Task<Heard?> FirstAsync(
        string node,
        TimeSpan since,
        TimeSpan patience,
        CancellationToken over,
        params string[] kinds
    )
    {
        while (true)
        {
            var late = Now > since + patience || over.IsCancellationRequested;
            if (
                All.FirstOrDefault(heard =>
                    heard.At >= since && heard.Event.Node == node && kinds.Contains(heard.Event.Kind)
                ) is
                { } heard
            )
                return heard;
            if (late)
                return null;
            await Task.Delay(LookInterval, CancellationToken.None);
        }
    }
}
