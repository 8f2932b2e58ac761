using ActorTrain.Sentences;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Under bounded staleness a worker that has made c steps begins its next one only when the slowest has made c − s: so
/// nobody is ever more than s steps ahead of anybody.
/// </summary>
/// <remarks>
/// Workers are memoryless, and up to twice as fast as each other. The gap is taken whenever an engine begins a step,
/// from what shards have answered until then. Unbounded, the same workers drift apart without end, and the bound is
/// reached, so that it is a bound that is measured and not a cluster that never comes near it.
/// </remarks>
internal sealed class ClockGap : ILaw
{
    private const int Workers = 8;
    private static readonly int[] Bounds = [1, 4];

    /// <inheritdoc/>
    public string Name => "clock gap";

    /// <inheritdoc/>
    public string Statement => "Under bounded staleness nobody begins a step more than s steps ahead of the slowest.";

    /// <inheritdoc/>
    public string Source =>
        "Ho et al. 2013, More effective distributed ML via a stale synchronous parallel parameter server";

    /// <inheritdoc/>
    public IEnumerable<Func<LawRow>> Cases(Effort effort)
    {
        foreach (var bound in Bounds)
            yield return () => Row(bound, steps: effort == Effort.Full ? 500_000 : 10_000);
    }

    private static LawRow Row(int bound, int steps)
    {
        var free = Watch(steps / 10, "consistency.name = asynchronous").Gap;
        var watch = Watch(
            steps,
            FormattableString.Invariant($"consistency {{ name = bounded, bounded.staleness = {bound} }}")
        );
        var row = LawRow.AtMost($"s = {bound}", bound, watch.Gap);
        return row with
        {
            Holds = row.Holds && watch.Gap == bound && free > bound,
            Note = $"{Plural.Of(watch.Steps, "step")}; unbounded {free} after a tenth of them",
        };
    }

    private static ClockWatch Watch(int steps, string settings)
    {
        var watch = new ClockWatch(Workers);
        AlwaysBusy.Run(
            seed: 1,
            [.. Enumerable.Range(0, Workers).Select(i => Speed.Exponential(100 * (1 + (double)i / (Workers - 1))))],
            [1f],
            rate: 1e-6,
            steps,
            watch,
            simulation => simulation with { Engines = watch.Over(simulation.Engines) },
            settings
        );
        return watch;
    }
}
