using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>The steady part of a job, real or simulated.</summary>
/// <param name="StepSeconds">Time from one update to the next.</param>
/// <param name="Parts">The work of each worker.</param>
/// <param name="Histogram">The part of the pushes with each staleness.</param>
internal sealed record SteadyPart(double StepSeconds, IReadOnlyList<WorkerPart> Parts, IReadOnlyList<double> Histogram)
{
    // Processes are still being compiled before, and leases are short after.
    public const double Begins = 0.4,
        Ends = 0.9;

    /// <summary>Each worker's part of the samples, 0 to 1.</summary>
    public IReadOnlyList<double> Shares => [.. Parts.Select(part => part.Share)];

    public double Staleness => Histogram.Select((part, staleness) => part * staleness).Sum();

    /// <summary>Total variation: the part of the pushes with another staleness.</summary>
    public double DistanceTo(SteadyPart other) =>
        Enumerable
            .Range(0, Math.Max(Histogram.Count, other.Histogram.Count))
            .Sum(i => Math.Abs(Histogram.ElementAtOrDefault(i) - other.Histogram.ElementAtOrDefault(i))) / 2;

    public static SteadyPart From(IReadOnlyList<JobProgress> progress, IReadOnlyList<string> nodes)
    {
        var steady = progress
            .Where(at =>
                at.Phase == JobPhase.Training
                && at.SamplesApplied >= Begins * at.SamplesExpected
                && at.SamplesApplied <= Ends * at.SamplesExpected
            )
            .ToList();
        if (steady.Count < 2)
            throw new InvalidOperationException("the job is too short to be measured; give it more epochs");
        var (first, last) = (steady[0], steady[^1]);
        var pushes = Enumerable
            .Range(0, last.Staleness.Histogram.Count)
            .Select(i => last.Staleness.Histogram[i] - first.Staleness.Histogram.ElementAtOrDefault(i))
            .ToList();
        return new SteadyPart(
            (last.Seconds - first.Seconds) / pushes.Sum(),
            WorkerPart.Between(first, last, nodes),
            [.. pushes.Select(count => (double)count / pushes.Sum())]
        );
    }
}
