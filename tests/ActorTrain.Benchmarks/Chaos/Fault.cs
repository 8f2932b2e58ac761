namespace ActorTrain.Benchmarks.Chaos;

/// <summary>The kinds of faults.</summary>
internal enum FaultKind
{
    /// <summary>A worker's process is killed; another is started in its place.</summary>
    Kill,

    /// <summary>A worker's process is suspended for a while.</summary>
    Freeze,

    /// <summary>A worker's process is terminated in order; another is started in its place.</summary>
    Leave,

    /// <summary>A further worker joins for a while, and leaves.</summary>
    Visit,
}

/// <summary>One fault.</summary>
/// <param name="Due">The part of the job's samples after which it is injected, 0 to 1.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Victim">Chooses the worker, among those without another fault.</param>
/// <param name="Lasts">Time until another worker is started, the worker resumes, or the visitor leaves.</param>
internal sealed record Fault(double Due, FaultKind Kind, int Victim, TimeSpan Lasts)
{
    // Leaves time for the consequences of the last fault.
    private const double FirstSecond = 4,
        SecondsAfterLast = 22;
    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    /// <summary>
    /// The faults of a job: about as many of each kind, at random times and in random order. The same seed gives the
    /// same faults.
    /// </summary>
    /// <param name="seed">The seed.</param>
    /// <param name="minutes">Planned duration of the job.</param>
    /// <param name="perMinute">Faults a minute.</param>
    public static IReadOnlyList<Fault> Plan(int seed, double minutes, double perMinute)
    {
        var random = new Random(seed);
        var (seconds, count) = (60 * minutes, (int)Math.Round(minutes * perMinute));
        var room = Math.Max(1, seconds - FirstSecond - SecondsAfterLast) / Math.Max(1, count);
        var kinds = new List<FaultKind>();
        while (kinds.Count < count)
        {
            var some = Kinds.ToArray();
            random.Shuffle(some);
            kinds.AddRange(some);
        }
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new Fault(
                    (FirstSecond + (i + random.NextDouble()) * room) / seconds,
                    kinds[i],
                    random.Next(int.MaxValue),
                    TimeSpan.FromSeconds(Duration(kinds[i], random))
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
