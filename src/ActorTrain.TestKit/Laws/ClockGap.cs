using ActorTrain.Sentences;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Under bounded staleness a worker that has completed c steps begins its next one only when the slowest worker has
/// completed c − s, so no worker is ever more than s steps ahead of another.
/// </summary>
/// <remarks>
/// Workers are memoryless, and up to twice as fast as each other. The gap is measured when an engine begins a step,
/// from the replies of shards until then. The bound must be reached, and the same workers must exceed it when
/// unbounded: otherwise the cluster would not test it.
/// </remarks>
internal sealed class ClockGap : ILaw
{
    private const int Workers = 8;
    private static readonly int[] Bounds = [1, 4];

    /// <inheritdoc/>
    public string Name => "clock gap";

    /// <inheritdoc/>
    public string Statement =>
        "Under bounded staleness no worker begins a step more than s steps ahead of the slowest.";

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
            Note = $"{Plural.Format(watch.Steps, "step")}; unbounded {free} after a tenth of them",
        };
    }

    private static ClockWatch Watch(int steps, string settings)
    {
        var watch = new ClockWatch(Workers);
        BusyCluster.Run(
            seed: 1,
            [.. Enumerable.Range(0, Workers).Select(i => Speed.Exponential(100 * (1 + (double)i / (Workers - 1))))],
            [1f],
            rate: 1e-6,
            steps,
            watch,
            simulation => simulation with { Engines = watch.Wrap(simulation.Engines) },
            settings
        );
        return watch;
    }
}
