using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>The times in which no push was applied, as a job's progress shows them.</summary>
internal sealed class PushGaps
{
    private readonly List<(TimeSpan From, TimeSpan To)> _gaps = [];
    private TimeSpan? _last;

    /// <summary>Samples applied now.</summary>
    public long SamplesApplied { get; private set; }

    /// <summary>Samples that were applied, lost with their shard, and trained again.</summary>
    public long TrainedAgain { get; private set; }

    /// <param name="progress">The progress.</param>
    /// <param name="now">When it arrived.</param>
    public void Follow(JobProgress progress, TimeSpan now)
    {
        if (progress.SamplesApplied > SamplesApplied)
        {
            if (_last is { } last)
                _gaps.Add((last, now));
            _last = now;
        }
        // A restored shard lacks the latest samples; what it has is no push.
        TrainedAgain += Math.Max(0, SamplesApplied - progress.SamplesApplied);
        SamplesApplied = progress.SamplesApplied;
    }

    /// <summary>The longest gap that reaches into a time.</summary>
    public TimeSpan Longest(TimeSpan from, TimeSpan to) =>
        _gaps.Where(gap => gap.To > from && gap.From < to).Select(gap => gap.To - gap.From).DefaultIfEmpty().Max();
}
