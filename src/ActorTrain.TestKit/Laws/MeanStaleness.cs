using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Each of N busy workers has one gradient under way, so each update adds 1 to the staleness of the N − 1 others, and a
/// gradient has a mean staleness of N − 1. This is Little's law for the N gradients in the system, and independent of
/// speeds, links and shards. The first rounds are left out, since their gradients began before any update, and so is
/// the job's end, when some workers are idle.
/// </summary>
internal sealed class MeanStaleness : ILaw
{
    private const double Tolerance = 0.005;
    private const int FirstRounds = 20;

    /// <inheritdoc/>
    public string Name => "mean staleness";

    /// <inheritdoc/>
    public string Statement =>
        "N workers that are always busy, of any speeds, push gradients with a mean staleness of N − 1.";

    /// <inheritdoc/>
    public string Source => "Little 1961, A proof for the queuing formula L = λW";

    /// <inheritdoc/>
    public IEnumerable<Func<LawRow>> Cases(Effort effort)
    {
        (int Workers, int Rounds)[] cases =
            effort == Effort.Full ? [(8, 1000), (32, 1000), (1000, 100)] : [(8, 400), (32, 200)];
        foreach (var (workers, rounds) in cases)
            yield return () => LawRow.Near($"N = {workers}", workers - 1, Mean(workers, rounds), Tolerance);
    }

    private static double Mean(int workers, int rounds)
    {
        var (random, trace, pushes) = (new SplitMix64(workers), new UpdateTrace(weights: false), workers * rounds);
        // From 1 to 10 samples a second; every second worker is memoryless. A shard is busy at most a tenth of the
        // time.
        var speeds = Enumerable
            .Range(0, workers)
            .Select(i =>
            {
                var speed = Math.Pow(10, random.NextFloat());
                return i % 2 == 0 ? Speed.Constant(speed) : Speed.Exponential(speed);
            })
            .ToList();
        BusyCluster.Run(
            seed: workers,
            speeds,
            [1f],
            rate: 1e-6,
            pushes,
            trace,
            simulation => simulation with { Links = NetworkOptions.Default, Costs = CostOptions.Default }
        );
        return trace.Staleness.Take(pushes).Skip(FirstRounds * workers).Average();
    }
}
