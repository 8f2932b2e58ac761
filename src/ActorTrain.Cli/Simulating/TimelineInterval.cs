using ActorTrain.TestKit;

namespace ActorTrain.Cli.Simulating;

/// <summary>The work between two points of a timeline.</summary>
/// <param name="End">The later point.</param>
/// <param name="Throughput">Samples a second.</param>
/// <param name="Staleness">Mean staleness of its pushes; NaN if there were none.</param>
/// <param name="Samples">Samples of each worker.</param>
internal sealed record TimelineInterval(
    TimelinePoint End,
    double Throughput,
    double Staleness,
    IReadOnlyDictionary<string, long> Samples
)
{
    private readonly long _all = Math.Max(1, Samples.Values.Sum());

    /// <summary>A worker's part of the samples, 0 to 1.</summary>
    public double ShareOf(string worker) => (double)Samples.GetValueOrDefault(worker) / _all;

    /// <summary>Divides a timeline into about so many intervals.</summary>
    public static IReadOnlyList<TimelineInterval> Divide(IReadOnlyList<TimelinePoint> points, int count)
    {
        var each = Math.Max(1, points.Count / count);
        var intervals = new List<TimelineInterval>();
        for (var start = 0; start < points.Count; start += each)
            intervals.Add(Between(start > 0 ? points[start - 1] : null, [.. points.Skip(start).Take(each)]));
        return intervals;
    }

    private static TimelineInterval Between(TimelinePoint? before, IReadOnlyList<TimelinePoint> points)
    {
        var (end, sum, pushes) = (points[^1], 0.0, before?.Pushes ?? 0);
        foreach (var point in points.Where(point => point.Pushes > pushes))
        {
            sum += point.Staleness * (point.Pushes - pushes);
            pushes = point.Pushes;
        }
        var seconds = (end.At - (before?.At ?? TimeSpan.Zero)).TotalSeconds;
        return new TimelineInterval(
            end,
            seconds > 0 ? Math.Max(0, end.SamplesApplied - (before?.SamplesApplied ?? 0)) / seconds : 0,
            sum / (pushes - (before?.Pushes ?? 0)),
            end.Samples.ToDictionary(
                worker => worker.Key,
                worker => Math.Max(0, worker.Value - (before?.Samples.GetValueOrDefault(worker.Key) ?? 0))
            )
        );
    }
}
