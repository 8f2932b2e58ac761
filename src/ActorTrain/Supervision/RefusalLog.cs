using ActorTrain.Staleness;

namespace ActorTrain.Supervision;

/// <summary>
/// Gathers refused gradients into events that can be read: the first of a kind at once, what follows at most every half
/// a minute, in sums. None is left out.
/// </summary>
public sealed class RefusalLog
{
    /// <summary>Time between two events about one worker and one kind of refusal.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<(string Node, Refusal Refusal), Sum> _sums = [];

    /// <summary>Refused gradients of one worker since the last word about them.</summary>
    /// <param name="Node">The worker.</param>
    /// <param name="Refusal">Why.</param>
    /// <param name="Pushes">How many.</param>
    /// <param name="Samples">The samples that they stood for.</param>
    /// <param name="Reason">The reason of the latest, in one sentence.</param>
    public sealed record Entry(string Node, Refusal Refusal, int Pushes, long Samples, string Reason);

    /// <summary>Adds refused gradients.</summary>
    public void Add(string node, Refusal refusal, int pushes, long samples, string reason)
    {
        if (!_sums.TryGetValue((node, refusal), out var sum))
            _sums.Add((node, refusal), sum = new Sum());
        (sum.Pushes, sum.Samples, sum.Reason) = (sum.Pushes + pushes, sum.Samples + samples, reason);
    }

    /// <summary>What is to be told now.</summary>
    /// <param name="now">The time, on the scheduler's clock.</param>
    /// <param name="all">Whether nothing is to be kept for later: the job ends.</param>
    public IReadOnlyList<Entry> Due(TimeSpan now, bool all = false)
    {
        var due = new List<Entry>();
        foreach (var ((node, refusal), sum) in _sums)
        {
            if (sum.Pushes == 0 || (!all && now - sum.Told < Interval))
                continue;
            due.Add(new Entry(node, refusal, sum.Pushes, sum.Samples, sum.Reason));
            (sum.Pushes, sum.Samples, sum.Told) = (0, 0, now);
        }
        return due;
    }

    private sealed class Sum
    {
        public int Pushes { get; set; }
        public long Samples { get; set; }
        public string Reason { get; set; } = "";
        public TimeSpan? Told { get; set; }
    }
}
