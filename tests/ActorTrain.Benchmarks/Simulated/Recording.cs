namespace ActorTrain.Benchmarks.Simulated;

/// <summary>
/// The steady part of a real job, push by push. A worker must have at most one push in flight.
/// </summary>
/// <param name="steady">Its totals.</param>
/// <param name="pushes">The time, in seconds, and the staleness of each push.</param>
internal sealed class Recording(SteadyPart steady, IReadOnlyList<(double Seconds, long Staleness)> pushes)
{
    private readonly IReadOnlyList<IReadOnlyList<double>> _steps = StepsOf(pushes, steady.Parts.Count);

    public SteadyPart Part => steady;

    /// <summary>Deviation of each step from the mean, in seconds and in order, for a single worker.</summary>
    public IEnumerable<double> Deviations
    {
        get
        {
            var mean = _steps[0].Average();
            return _steps[0].Select(step => step - mean);
        }
    }

    /// <summary>Samples a second of each step of a worker, in order.</summary>
    /// <param name="worker">The worker's number.</param>
    /// <param name="overhead">Seconds of each step in addition to the gradient.</param>
    public IEnumerable<double> RatesOf(int worker, double overhead)
    {
        // A worker is identified by its number of pushes; workers with the same number are interchangeable.
        var rank =
            steady.Parts.Count(part => part.Pushes > steady.Parts[worker].Pushes)
            + steady.Parts.Take(worker).Count(part => part.Pushes == steady.Parts[worker].Pushes);
        return _steps
            .OrderByDescending(steps => steps.Count)
            .ElementAt(rank)
            .Select(seconds => steady.Parts[worker].MicroBatch / Math.Max(1e-6, seconds - overhead));
    }

    /// <summary>
    /// The steps of each worker. A push of staleness s was computed from the parameters in the reply to the push s + 1
    /// before it, so that push was the same worker's.
    /// </summary>
    private static List<List<double>> StepsOf(IReadOnlyList<(double Seconds, long Staleness)> pushes, int workers)
    {
        var (steps, owner) = (new List<List<double>>(), new List<double>[pushes.Count]);
        for (var i = 0; i < pushes.Count; i++)
        {
            var before = i - (int)pushes[i].Staleness - 1;
            owner[i] = before < 0 ? [] : owner[before];
            if (before < 0)
                steps.Add(owner[i]);
            else
                owner[i].Add(pushes[i].Seconds - pushes[before].Seconds);
        }
        return steps.Count == workers
            ? steps
            : throw new InvalidOperationException(
                $"the pushes are those of {steps.Count} workers and not of {workers}"
            );
    }
}
