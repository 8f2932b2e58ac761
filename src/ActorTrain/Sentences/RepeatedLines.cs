namespace ActorTrain.Sentences;

/// <summary>
/// Limits log lines about repeated refusals: the first of a kind at once, later ones as a count at most every 30 s. So
/// a flood does not fill the log. Memory is one count per kind.
/// </summary>
/// <typeparam name="TKind">The kinds that are counted separately: there are few.</typeparam>
internal sealed class RepeatedLines<TKind>
    where TKind : notnull
{
    private readonly SortedDictionary<TKind, Sum> _sums = [];

    /// <summary>Least time between two lines about one kind.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(30);

    /// <summary>When the next line is due; null while there is none.</summary>
    public TimeSpan? NextDue => _sums.Values.Where(sum => sum.Count > 0).Select(sum => (TimeSpan?)DueOf(sum)).Min();

    /// <summary>Counts one.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="what">What was refused, as a complete clause.</param>
    public void Add(TKind kind, string what)
    {
        if (!_sums.TryGetValue(kind, out var sum))
            _sums.Add(kind, sum = new Sum());
        (sum.Count, sum.Latest) = (sum.Count + 1, what);
    }

    /// <summary>The lines to log now.</summary>
    /// <param name="now">The time of a monotonic clock.</param>
    public IReadOnlyList<string> Due(TimeSpan now)
    {
        if (!(NextDue <= now))
            return [];
        var lines = new List<string>();
        foreach (var sum in _sums.Values.Where(sum => sum.Count > 0 && DueOf(sum) <= now))
        {
            var times = $"({Plural.Number(sum.Count)} times since the last message about it)";
            lines.Add(sum.Count == 1 ? sum.Latest : $"{sum.Latest} {times}");
            (sum.Count, sum.LoggedAt) = (0, now);
        }
        return lines;
    }

    private static TimeSpan DueOf(Sum sum) => sum.LoggedAt is { } loggedAt ? loggedAt + Interval : TimeSpan.MinValue;

    private sealed class Sum
    {
        public long Count { get; set; }
        public string Latest { get; set; } = "";
        public TimeSpan? LoggedAt { get; set; }
    }
}
