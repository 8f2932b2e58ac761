using ActorTrain.Sentences;

namespace ActorTrain.Handshakes;

/// <summary>Why a connection was closed that has not said who it is.</summary>
internal enum ConnectionRefusal
{
    /// <summary>It took too long.</summary>
    Overdue,

    /// <summary>Too many were at it at once.</summary>
    Displaced,

    /// <summary>It said something wrong.</summary>
    Wrong,

    /// <summary>The system could not give it what it needs: no more descriptors, no more threads.</summary>
    NoMeans,
}

/// <summary>
/// Makes lines of refused connections: the first of a kind at once, what follows at most every half a minute, in
/// sums. So a flood does not fill the log. It keeps a sum a kind, and nothing of each connection.
/// </summary>
internal sealed class RefusedConnections
{
    /// <summary>Time between two lines about one kind.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<ConnectionRefusal, Sum> _sums = [];

    /// <summary>When there is something to be told; null while there is nothing.</summary>
    public TimeSpan? NextDue =>
        _sums.Values.Where(sum => sum.Count > 0).Select(sum => (TimeSpan?)DueOf(sum)).Min();

    /// <summary>Adds a refused connection.</summary>
    /// <param name="refusal">Why, for the sum.</param>
    /// <param name="what">What happened, as a clause that stands for itself.</param>
    public void Add(ConnectionRefusal refusal, string what)
    {
        if (!_sums.TryGetValue(refusal, out var sum)) _sums.Add(refusal, sum = new Sum());
        (sum.Count, sum.Latest) = (sum.Count + 1, what);
    }

    /// <summary>The lines to be told now.</summary>
    /// <param name="now">The time, on a clock that only goes forward.</param>
    public IReadOnlyList<string> Due(TimeSpan now)
    {
        if (!(NextDue <= now)) return [];
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
