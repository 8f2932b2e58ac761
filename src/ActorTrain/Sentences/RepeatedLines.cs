namespace ActorTrain.Sentences;

/// <summary>
/// Limits log lines about repeated refusals: the first of a kind at once, later ones as a count at most every 30 s. So
/// a flood does not fill the log. Memory is one count per kind.
/// </summary>
/// <typeparam name="TKind">The kinds that are counted separately: there are few.</typeparam>
/// <typeparam name="TDetail">What a line says about its latest refusal.</typeparam>
internal sealed class RepeatedLines<TKind, TDetail>
    where TKind : notnull
{
    private readonly SortedDictionary<TKind, Sum> _sums = [];

    /// <summary>Least time between two lines about one kind.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(30);

    /// <summary>When the next line is due; null while there is none.</summary>
    public TimeSpan? NextDue => _sums.Values.Where(sum => sum.Count > 0).Select(sum => (TimeSpan?)DueOf(sum)).Min();

    /// <summary>A line to log.</summary>
    /// <param name="Kind">The kind.</param>
    /// <param name="Latest">Its latest refusal.</param>
    /// <param name="Times">Refusals of the kind since the last line about it.</param>
    public readonly record struct Line(TKind Kind, TDetail Latest, long Times);

    /// <summary>Counts one.</summary>
    public void Add(TKind kind, TDetail detail)
    {
        if (!_sums.TryGetValue(kind, out var sum))
            _sums.Add(kind, sum = new Sum());
        (sum.Count, sum.Latest) = (sum.Count + 1, detail);
    }

    /// <summary>The lines to log now.</summary>
    /// <param name="now">The time of a monotonic clock.</param>
    public IReadOnlyList<Line> Due(TimeSpan now)
    {
        if (!(NextDue <= now))
            return [];
        var lines = new List<Line>();
        foreach (var (kind, sum) in _sums.Where(pair => pair.Value.Count > 0 && DueOf(pair.Value) <= now))
        {
            lines.Add(new Line(kind, sum.Latest, sum.Count));
            (sum.Count, sum.LoggedAt) = (0, now);
        }
        return lines;
    }

    private static TimeSpan DueOf(Sum sum) => sum.LoggedAt is { } loggedAt ? loggedAt + Interval : TimeSpan.MinValue;

    private sealed class Sum
    {
        public long Count { get; set; }
        public TDetail Latest { get; set; } = default!;
        public TimeSpan? LoggedAt { get; set; }
    }
}
