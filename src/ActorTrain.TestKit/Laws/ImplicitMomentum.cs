using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Asynchrony acts as momentum. Where N workers' step times are exponential, each of them is equally likely the next to finish, so a gradient is l updates late with probability (1/N)(1 − 1/N)^l,
/// whatever went before, and the expectation over the order of arrival follows E[w₊ − w] = μ·E[w − w₋] − (1 − μ)·ηλ·E[w] with μ = 1 − 1/N (the paper's queuing model, on a quadratic of
/// curvature λ, where the expectation of the gradient is the gradient of the expectation).
/// </summary>
/// <remarks>
/// The expectation is the mean, version by version, of the weights of many jobs that begin alike and differ in nothing but the seed of their workers' times. With d the mean's differences and a = ηλ known,
/// the equation is d + a·w = μ·(d₋ + a·w), and μ its least-squares solution over all versions and some curvatures. It holds from the first version on: before it, all
/// gradients under way are of the starting weights, as if those had always been. What noise is left in the mean of J jobs makes the fit too small by about 1/J of itself.
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
    public string Source => "Mitliagkas, Zhang, Hadjis and Ré 2016, Asynchrony begets momentum, with an application to deep learning";

    /// <inheritdoc/>
    public IEnumerable<LawRow> Measure(Effort effort) =>
        Workers.Select(workers => LawRow.Near($"N = {workers}", 1 - 1.0 / workers, Fitted(workers, jobs: effort == Effort.Full ? 1000 : 200), Tolerance));

    private static double Fitted(int workers, int jobs)
    {
        var mean = Mean(workers, jobs);
        var (xy, xx) = (0.0, 0.0);
        for (var p = 0; p < Products.Length; p++)
            for (var version = 1; version + 1 < mean.Length; version++)
            {
                var (before, now, after) = (mean[version - 1][p], mean[version][p], mean[version + 1][p]);
                var (x, y) = (now - before + Products[p] * now, after - now + Products[p] * now);
                (xy, xx) = (xy + x * y, xx + x * x);
            }
        return xy / xx;
    }

    private static double[][] Mean(int workers, int jobs)
    {
        var mean = Enumerable.Range(0, Rounds * workers + 1).Select(_ => new double[Products.Length]).ToArray();
        for (var job = 0; job < jobs; job++)
        {
            var trace = new UpdateTrace(weights: true);
            AlwaysBusy.Run(seed: job, [.. Enumerable.Repeat(Speed.Exponential(1), workers)], Products, rate: 1, pushes: Rounds * workers, trace);
            for (var version = 0; version < mean.Length; version++)
                for (var p = 0; p < Products.Length; p++) mean[version][p] += (double)trace.Weights[version][p] / jobs;
        }
        return mean;
    }
}
