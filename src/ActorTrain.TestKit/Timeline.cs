using ActorTrain.Job;

namespace ActorTrain.TestKit;

/// <summary>A job at one moment of a simulation.</summary>
/// <param name="At">Time since the simulation began.</param>
/// <param name="Phase">The job's phase.</param>
/// <param name="SamplesApplied">Samples applied until then.</param>
/// <param name="Throughput">Samples a second since the point before.</param>
/// <param name="Pushes">Pushes applied until then.</param>
/// <param name="Staleness">Mean staleness of the pushes since the point before, in versions; NaN if there were
/// none.</param>
/// <param name="Samples">Samples of each worker that were applied until then, by node.</param>
public sealed record TimelinePoint(
    TimeSpan At,
    JobPhase Phase,
    long SamplesApplied,
    double Throughput,
    long Pushes,
    double Staleness,
    IReadOnlyDictionary<string, long> Samples
);

/// <summary>Builds the timeline from a job's progress.</summary>
internal sealed class Timeline
{
    private readonly List<TimelinePoint> _points = [];
    private (double Sum, long Count) _before;

    public IReadOnlyList<TimelinePoint> Points => _points;

    public void Add(TimeSpan at, JobProgress progress)
    {
        var count = progress.Staleness.Histogram.Sum();
        var sum = progress.Staleness.Mean * count;
        var (since, samples) = _points.Count == 0 ? (TimeSpan.Zero, 0L) : (_points[^1].At, _points[^1].SamplesApplied);
        var seconds = (at - since).TotalSeconds;
        _points.Add(
            new TimelinePoint(
                at,
                progress.Phase,
                progress.SamplesApplied,
                seconds > 0 ? Math.Max(0, progress.SamplesApplied - samples) / seconds : 0,
                count,
                count > _before.Count ? (sum - _before.Sum) / (count - _before.Count) : double.NaN,
                progress
                    .Workers.GroupBy(worker => worker.Node)
                    .ToDictionary(node => node.Key, node => node.Sum(worker => worker.Samples))
            )
        );
        _before = (sum, count);
    }
}
