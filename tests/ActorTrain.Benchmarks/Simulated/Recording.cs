namespace ActorTrain.Benchmarks.Simulated;

/// <summary>
/// The steady part of a real job, push by push. No push may be on its way beside another of the same worker.
/// </summary>
/// <param name="look">The whole of it.</param>
/// <param name="pushes">When the shard has applied each push, in seconds, and how stale it was.</param>
internal sealed class Recording(Look look, IReadOnlyList<(double Seconds, long Staleness)> pushes)
{
    private readonly IReadOnlyList<IReadOnlyList<double>> _steps = StepsOf(pushes, look.Parts.Count);

    public Look Look => look;

    /// <summary>By how many seconds each step differed from their mean, in order: of one worker alone.</summary>
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
    /// <param name="beside">Seconds of each step that are no gradient.</param>
    public IEnumerable<double> RatesOf(int worker, double beside)
    {
        // Who has pushed more often is told by its number of pushes; of two that push equally often each is as good as
        // the other.
        var rank =
            look.Parts.Count(part => part.Pushes > look.Parts[worker].Pushes)
            + look.Parts.Take(worker).Count(part => part.Pushes == look.Parts[worker].Pushes);
        return _steps
            .OrderByDescending(steps => steps.Count)
            .ElementAt(rank)
            .Select(seconds => look.Parts[worker].MicroBatch / Math.Max(1e-6, seconds - beside));
    }

    /// <summary>
    /// The steps of each worker. A push of staleness s was computed from parameters that came back with the push s + 1
    /// before it: that one was the same worker's.
    /// </summary>
    private static List<List<double>> StepsOf(IReadOnlyList<(double Seconds, long Staleness)> pushes, int workers)
    {
        var (steps, of) = (new List<List<double>>(), new List<double>[pushes.Count]);
        for (var i = 0; i < pushes.Count; i++)
        {
            var before = i - (int)pushes[i].Staleness - 1;
            of[i] = before < 0 ? [] : of[before];
            if (before < 0)
                steps.Add(of[i]);
            else
                of[i].Add(pushes[i].Seconds - pushes[before].Seconds);
        }
        return steps.Count == workers
            ? steps
            : throw new InvalidOperationException(
                $"the pushes are those of {steps.Count} workers and not of {workers}"
            );
    }
}
