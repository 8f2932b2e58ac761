using ActorTrain.Staleness;

namespace ActorTrain.Remedies;

/// <summary>
/// Combines refused gradients into events: the first of a kind at once, later ones in sums, at most every half minute.
/// None is left out.
/// </summary>
internal sealed class RejectionLog
{
    /// <summary>Time between two events about one worker and one kind of refusal.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<(string Node, Refusal Refusal), Sum> _sums = [];

    /// <summary>Refused gradients of one worker since the last event about them.</summary>
    /// <param name="Node">The worker.</param>
    /// <param name="Refusal">The kind of refusal.</param>
    /// <param name="Pushes">How many.</param>
    /// <param name="Samples">Samples behind them.</param>
    /// <param name="Reason">The reason of the latest, in one sentence.</param>
    public sealed record Entry(string Node, Refusal Refusal, int Pushes, long Samples, string Reason);

    /// <summary>Adds refused gradients.</summary>
    public void Add(string node, Refusal refusal, int pushes, long samples, string reason)
    {
        if (!_sums.TryGetValue((node, refusal), out var sum))
            _sums.Add((node, refusal), sum = new Sum());
        (sum.Pushes, sum.Samples, sum.Reason) = (sum.Pushes + pushes, sum.Samples + samples, reason);
    }

    /// <summary>The entries that are due as events now.</summary>
    /// <param name="now">The time, on the scheduler's clock.</param>
    /// <param name="all">Whether all entries are due, since the job ends.</param>
    public IReadOnlyList<Entry> Due(TimeSpan now, bool all = false)
    {
        var due = new List<Entry>();
        foreach (var ((node, refusal), sum) in _sums)
        {
            if (sum.Pushes == 0 || (!all && now - sum.ReportedAt < Interval))
                continue;
            due.Add(new Entry(node, refusal, sum.Pushes, sum.Samples, sum.Reason));
            (sum.Pushes, sum.Samples, sum.ReportedAt) = (0, 0, now);
        }
        return due;
    }

    private sealed class Sum
    {
        public int Pushes { get; set; }
        public long Samples { get; set; }
        public string Reason { get; set; } = "";
        public TimeSpan? ReportedAt { get; set; }
    }
}
