namespace ActorTrain.Benchmarks.Chaos;

/// <summary>The kinds of faults.</summary>
internal enum FaultKind
{
    /// <summary>A node's process is killed; another is started in its place.</summary>
    Kill,

    /// <summary>A node's process is suspended for a while.</summary>
    Freeze,

    /// <summary>A node's process is terminated in order; another is started in its place.</summary>
    Leave,

    /// <summary>A further worker joins for a while, and leaves.</summary>
    Visit,
}

/// <summary>One fault.</summary>
/// <param name="Due">The part of the job's samples after which it is injected, 0 to 1.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Victim">Chooses the node: the seed or a worker.</param>
/// <param name="Lasts">Time until another process is started, the node resumes, or the visitor leaves.</param>
internal sealed record Fault(double Due, FaultKind Kind, int Victim, TimeSpan Lasts)
{
    // Leaves time for the consequences of the last fault.
    private const double FirstSecond = 4,
        SecondsAfterLast = 22;

    /// <summary>
    /// The faults of a job: about as many of each kind, at random times and in random order. The same seed gives the
    /// same faults.
    /// </summary>
    /// <param name="seed">The seed.</param>
    /// <param name="minutes">Planned duration of the job.</param>
    /// <param name="perMinute">Faults a minute.</param>
    /// <param name="kinds">Their kinds.</param>
    public static IReadOnlyList<Fault> Plan(
        int seed,
        double minutes,
        double perMinute,
        IReadOnlyCollection<FaultKind> kinds
    )
    {
        var random = new Random(seed);
        var (seconds, count) = (60 * minutes, (int)Math.Round(minutes * perMinute));
        var room = Math.Max(1, seconds - FirstSecond - SecondsAfterLast) / Math.Max(1, count);
        var order = new List<FaultKind>();
        while (order.Count < count)
        {
            var some = kinds.ToArray();
            random.Shuffle(some);
            order.AddRange(some);
        }
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new Fault(
                    (FirstSecond + (i + random.NextDouble()) * room) / seconds,
                    order[i],
                    random.Next(int.MaxValue),
                    TimeSpan.FromSeconds(Duration(order[i], random))
                )),
        ];
    }

    private static double Duration(FaultKind kind, Random random) =>
        kind switch
        {
            FaultKind.Freeze => 2 + 13 * random.NextDouble(),
            FaultKind.Visit => 4 + 6 * random.NextDouble(),
            _ => 2 + 3 * random.NextDouble(),
        };
}
