using ActorTrain.Sentences;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// If each gradient has staleness τ, w ← w − ηλ·w₋τ on a quadratic of curvature λ. The characteristic polynomial
/// z^(τ+1) − z^τ + ηλ has all roots within the unit circle iff 0 &lt; ηλ &lt; 2 sin(π / (2(2τ + 1))).
/// </summary>
/// <remarks>
/// N = τ + 1 equal workers of a constant speed push one after the other, always in the same order, since the shard
/// takes a little time for each push. Each curvature is an independent parameter of one run. A parameter's growth rate
/// per step is half the logarithm of the growth of its energy (the mean of w² over ten periods of the boundary's
/// oscillation) from the middle of the run to its end: by then the contributions of the other roots have decayed. The
/// rate must be below zero 1 % below the boundary, and above zero 1 % above it. The measured value is where the line
/// through both crosses zero.
/// </remarks>
internal sealed class DelayBoundary : ILaw
{
    private const double Bracket = 0.01,
        Rate = 0.5,
        StepsASecond = 100;
    private const int Periods = 10;
    private static readonly int[] Delays = [1, 2, 4, 8, 16];

    /// <inheritdoc/>
    public string Name => "stability under delay";

    /// <inheritdoc/>
    public string Statement =>
        "With gradients of staleness τ, descent on curvature λ is stable iff 0 < ηλ < 2 sin(π/(2(2τ+1))).";

    /// <inheritdoc/>
    public string Source => "Levin and May 1976, A note on difference-delay equations";

    /// <inheritdoc/>
    public IEnumerable<Func<LawRow>> Cases(Effort effort)
    {
        foreach (var delay in Delays)
            yield return () => Row(delay, effort);
    }

    private static LawRow Row(int delay, Effort effort)
    {
        var (predicted, period) = (2 * Math.Sin(Math.PI / (2 * (2 * delay + 1))), 2 * (2 * delay + 1));
        var (workers, window, trace) = (delay + 1, Periods * period, new UpdateTrace(weights: true));
        var steps = (effort == Effort.Full ? 100 : 40) * window / Periods + 2 * window;
        double[] products = [(1 - Bracket) * predicted, (1 + Bracket) * predicted];
        BusyCluster.Run(
            seed: delay,
            [.. Enumerable.Repeat(Speed.Constant(StepsASecond), workers)],
            [.. products.Select(product => (float)(product / Rate))],
            Rate,
            steps,
            trace,
            simulation =>
                simulation with
                {
                    Costs = new CostOptions(TimeSpan.FromSeconds(0.5 / StepsASecond / workers), 0),
                }
        );

        var others = trace.Staleness.Take(steps).Skip(workers).Count(staleness => staleness != delay);
        var (below, above) = (Growth(trace, 0, steps, window), Growth(trace, 1, steps, window));
        var measured = products[0] + (products[1] - products[0]) * -below / (above - below);
        return LawRow.Near($"τ = {delay}", predicted, measured, Bracket) with
        {
            Holds = below < 0 && above > 0 && others == 0,
            Note =
                $"{Plural.Format(steps, "step")}, {others} of another delay; "
                + FormattableString.Invariant($"growth a step {below:+0.0e+0;-0.0e+0} and {above:+0.0e+0;-0.0e+0}"),
        };
    }

    private static double Growth(UpdateTrace trace, int parameter, int steps, int window)
    {
        var (first, last) = (steps / 2, steps - window);
        return Math.Log(Energy(last) / Energy(first)) / (2 * (last - first));

        double Energy(int from) =>
            Enumerable.Range(from, window).Average(version => Math.Pow(trace.Weights[version][parameter], 2));
    }
}
