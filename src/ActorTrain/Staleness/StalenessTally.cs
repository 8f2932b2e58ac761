namespace ActorTrain.Staleness;

/// <summary>Counts applied pushes by their staleness.</summary>
internal sealed class StalenessTally
{
    /// <summary>Buckets of the histogram, one for each staleness; the last one is for itself and all above.</summary>
    public const int Buckets = 65;

    private readonly long[] _histogram = new long[Buckets];

    /// <summary>Sum of all stalenesses counted, in versions.</summary>
    public long Sum { get; private set; }

    /// <summary>Largest staleness counted, in versions.</summary>
    public long Max { get; private set; }

    /// <summary>Pushes counted.</summary>
    public long Pushes { get; private set; }

    /// <summary>A copy of the histogram: element i counts the pushes with staleness i.</summary>
    public long[] Histogram() => [.. _histogram];

    /// <summary>Adds what another tally has counted.</summary>
    public void Add(long[] histogram, long pushes, long sum, long max)
    {
        for (var i = 0; i < histogram.Length; i++)
            _histogram[i] += histogram[i];
        Pushes += pushes;
        Sum += sum;
        Max = Math.Max(Max, max);
    }

    /// <summary>Counts one push.</summary>
    public void Add(long staleness)
    {
        _histogram[Math.Min(staleness, Buckets - 1)]++;
        Sum += staleness;
        Max = Math.Max(Max, staleness);
        Pushes++;
    }
}
