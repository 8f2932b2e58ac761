namespace ActorTrain.Sentences;

/// <summary>
/// Makes few lines of many refusals: the first of a kind at once, what follows at most every half a minute, in sums. So
/// a flood does not fill the log. It keeps a sum a kind, and nothing of each refusal.
/// </summary>
/// <typeparam name="TKind">What has a sum of its own: there are few.</typeparam>
internal sealed class RepeatedLines<TKind>
    where TKind : notnull
{
    private readonly SortedDictionary<TKind, Sum> _sums = [];

    /// <summary>Time between two lines about one kind.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(30);

    /// <summary>When there is something to be told; null while there is nothing.</summary>
    public TimeSpan? NextDue => _sums.Values.Where(sum => sum.Count > 0).Select(sum => (TimeSpan?)DueOf(sum)).Min();

    /// <summary>Adds one.</summary>
    /// <param name="kind">For the sum.</param>
    /// <param name="what">What happened, as a clause that stands for itself.</param>
    public void Add(TKind kind, string what)
    {
        if (!_sums.TryGetValue(kind, out var sum))
            _sums.Add(kind, sum = new Sum());
        (sum.Count, sum.Latest) = (sum.Count + 1, what);
    }

    /// <summary>The lines to be told now.</summary>
    /// <param name="now">The time, on a clock that only goes forward.</param>
    public IReadOnlyList<string> Due(TimeSpan now)
    {
        if (!(NextDue <= now))
            return [];
        var lines = new List<string>();
        foreach (var sum in _sums.Values.Where(sum => sum.Count > 0 && DueOf(sum) <= now))
        {
            var times = $"({Plural.Number(sum.Count)} times since the last word about it)";
            lines.Add(sum.Count == 1 ? sum.Latest : $"{sum.Latest} {times}");
            (sum.Count, sum.Told) = (0, now);
        }
        return lines;
    }

    private static TimeSpan DueOf(Sum sum) => sum.Told is { } told ? told + Interval : TimeSpan.MinValue;

    private sealed class Sum
    {
        public long Count { get; set; }
        public string Latest { get; set; } = "";
        public TimeSpan? Told { get; set; }
    }
}
