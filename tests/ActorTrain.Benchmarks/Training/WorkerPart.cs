using System.Globalization;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Training;

/// <summary>The work of one worker between two times of a job.</summary>
/// <param name="Samples">Its samples that were applied.</param>
/// <param name="Pushes">Its gradients that were applied.</param>
/// <param name="Share">Its part of all samples, 0 to 1.</param>
internal sealed record WorkerPart(long Samples, long Pushes, double Share)
{
    /// <summary>Mean samples a push; NaN without pushes.</summary>
    public double MicroBatch => Pushes > 0 ? (double)Samples / Pushes : double.NaN;

    /// <summary>The parts of some workers, in their order.</summary>
    public static IReadOnlyList<WorkerPart> Between(JobProgress first, JobProgress last, IReadOnlyList<string> nodes)
    {
        var all = Math.Max(1, last.Workers.Sum(worker => worker.Samples) - first.Workers.Sum(worker => worker.Samples));
        return
        [
            .. nodes.Select(node =>
            {
                var (samples, pushes) = (
                    Counts(last, node).Samples - Counts(first, node).Samples,
                    Counts(last, node).Pushes - Counts(first, node).Pushes
                );
                return new WorkerPart(samples, pushes, (double)samples / all);
            }),
        ];
    }

    /// <summary>For a table: one number a worker.</summary>
    public static string Each(IEnumerable<double> values, string format) =>
        string.Join(" : ", values.Select(value => value.ToString(format, CultureInfo.InvariantCulture)));

    private static (long Samples, long Pushes) Counts(JobProgress progress, string node) =>
        progress.Workers.FirstOrDefault(worker => worker.Node == node) is { } worker
            ? (worker.Samples, worker.Pushes)
            : default;
}
