using ActorTrain.TestKit;

namespace ActorTrain.Cli.Simulating;

/// <summary>What was done between two points of a timeline.</summary>
/// <param name="End">The later of the points.</param>
/// <param name="Throughput">Samples a second.</param>
/// <param name="Staleness">Mean staleness of its pushes; not a number where there were none.</param>
/// <param name="Samples">Samples of each worker.</param>
internal sealed record TimelineStretch(
    TimelinePoint End,
    double Throughput,
    double Staleness,
    IReadOnlyDictionary<string, long> Samples
)
{
    private readonly long _all = Math.Max(1, Samples.Values.Sum());

    /// <summary>A worker's part of the samples, 0 to 1.</summary>
    public double ShareOf(string worker) => (double)Samples.GetValueOrDefault(worker) / _all;

    /// <summary>A timeline in about so many stretches.</summary>
    public static IReadOnlyList<TimelineStretch> Of(IReadOnlyList<TimelinePoint> points, int count)
    {
        var each = Math.Max(1, points.Count / count);
        var stretches = new List<TimelineStretch>();
        for (var start = 0; start < points.Count; start += each)
            stretches.Add(Between(start > 0 ? points[start - 1] : null, [.. points.Skip(start).Take(each)]));
        return stretches;
    }

    private static TimelineStretch Between(TimelinePoint? before, IReadOnlyList<TimelinePoint> points)
    {
        var (end, sum, pushes) = (points[^1], 0.0, before?.Pushes ?? 0);
        foreach (var point in points.Where(point => point.Pushes > pushes))
        {
            sum += point.Staleness * (point.Pushes - pushes);
            pushes = point.Pushes;
        }
        var seconds = (end.At - (before?.At ?? TimeSpan.Zero)).TotalSeconds;
        return new TimelineStretch(
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
