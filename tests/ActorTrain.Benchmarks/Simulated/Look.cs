using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>The steady part of a job, real or simulated.</summary>
/// <param name="StepSeconds">Time from one update to the next.</param>
/// <param name="Parts">What each worker did.</param>
/// <param name="Histogram">Parts of the pushes by staleness.</param>
internal sealed record Look(double StepSeconds, IReadOnlyList<WorkerPart> Parts, IReadOnlyList<double> Histogram)
{
    // Before, processes are still being compiled; after, leases are short.
    public const double From = 0.4,
        To = 0.9;

    /// <summary>Each worker's part of the samples, 0 to 1.</summary>
    public IReadOnlyList<double> Shares => [.. Parts.Select(part => part.Share)];

    public double Staleness => Histogram.Select((part, staleness) => part * staleness).Sum();

    /// <summary>Total variation: the part of the pushes that has another staleness.</summary>
    public double DistanceTo(Look other) =>
        Enumerable
            .Range(0, Math.Max(Histogram.Count, other.Histogram.Count))
            .Sum(i => Math.Abs(Histogram.ElementAtOrDefault(i) - other.Histogram.ElementAtOrDefault(i))) / 2;

    public static Look Of(IReadOnlyList<JobProgress> looks, IReadOnlyList<string> nodes)
    {
        var steady = looks
            .Where(look =>
                look.Phase == JobPhase.Training
                && look.SamplesApplied >= From * look.SamplesExpected
                && look.SamplesApplied <= To * look.SamplesExpected
            )
            .ToList();
        if (steady.Count < 2)
            throw new InvalidOperationException("the job is too short to be measured; give it more epochs");
        var (first, last) = (steady[0], steady[^1]);
        var pushes = Enumerable
            .Range(0, last.Staleness.Histogram.Count)
            .Select(i => last.Staleness.Histogram[i] - first.Staleness.Histogram.ElementAtOrDefault(i))
            .ToList();
        return new Look(
            (last.Seconds - first.Seconds) / pushes.Sum(),
            WorkerPart.Between(first, last, nodes),
            [.. pushes.Select(count => (double)count / pushes.Sum())]
        );
    }
}
