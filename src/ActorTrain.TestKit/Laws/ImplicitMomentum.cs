using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Asynchrony acts as momentum. If the step times of N workers are exponential, each worker is equally likely to finish
/// next, so a gradient has staleness l with probability (1/N)(1 − 1/N)^l, independent of the past. The expectation over
/// the order of arrival follows E[w₊ − w] = μ·E[w − w₋] − (1 − μ)·ηλ·E[w] with μ = 1 − 1/N (the paper's queuing model,
/// on a quadratic of curvature λ, where the expected gradient is the gradient of the expectation).
/// </summary>
/// <remarks>
/// The expectation is the mean, version by version, of the weights of many jobs that differ only in the seed of their
/// workers' times. With d the mean's differences and a = ηλ known, the equation is y = μx with x = d₋ + a·w and
/// y = d + a·w; μ is its least-squares solution over all versions and some curvatures. It holds from the first version
/// on, since the first gradients are computed from the starting weights. Each half of the jobs has its own mean, and x
/// of one half is multiplied with x and y of the other: within one half the remaining noise would be squared, which
/// biases the fit towards 0.
/// </remarks>
internal sealed class ImplicitMomentum : ILaw
{
    private const double Tolerance = 0.02;
    private const int Rounds = 12;
    private static readonly int[] Workers = [2, 4, 8];
    private static readonly float[] Products = [0.05f, 0.1f, 0.2f];

    /// <inheritdoc/>
    public string Name => "implicit momentum";

    /// <inheritdoc/>
    public string Statement => "N memoryless workers descend, in expectation, with momentum 1 − 1/N.";

    /// <inheritdoc/>
    public string Source =>
        "Mitliagkas, Zhang, Hadjis and Ré 2016, Asynchrony begets momentum, with an application to deep learning";

    /// <inheritdoc/>
    public IEnumerable<Func<LawRow>> Cases(Effort effort)
    {
        foreach (var workers in Workers)
            yield return () =>
                LawRow.Near(
                    $"N = {workers}",
                    1 - 1.0 / workers,
                    Fitted(workers, jobs: effort == Effort.Full ? 500 : 120),
                    Tolerance
                );
    }

    private static double Fitted(int workers, int jobs)
    {
        var (one, other) = (Mean(workers, 0, jobs / 2), Mean(workers, jobs / 2, jobs));
        var (xy, xx) = (0.0, 0.0);
        for (var p = 0; p < Products.Length; p++)
        for (var version = 1; version <= Rounds * workers - 1; version++)
        {
            xy += X(one) * Y(other) + X(other) * Y(one);
            xx += 2 * X(one) * X(other);

            double X(double[][] mean) => mean[version][p] - mean[version - 1][p] + Products[p] * mean[version][p];
            double Y(double[][] mean) => mean[version + 1][p] - mean[version][p] + Products[p] * mean[version][p];
        }
        return xy / xx;
    }

    private static double[][] Mean(int workers, int first, int end)
    {
        var mean = Enumerable.Range(0, Rounds * workers + 1).Select(_ => new double[Products.Length]).ToArray();
        for (var job = first; job < end; job++)
        {
            var trace = new UpdateTrace(weights: true);
            BusyCluster.Run(
                seed: job,
                [.. Enumerable.Repeat(Speed.Exponential(100), workers)],
                Products,
                rate: 1,
                pushes: Rounds * workers,
                trace
            );
            for (var version = 0; version < mean.Length; version++)
            for (var p = 0; p < Products.Length; p++)
                mean[version][p] += (double)trace.Weights[version][p] / (end - first);
        }
        return mean;
    }
}
