using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Each of N workers that are always busy has one gradient under way, so each update is met by the gradients of the N −
/// 1 others, once each; counted the other way round, a gradient meets N − 1 updates in the mean. It is Little's law of
/// the N gradients in the system, and knows nothing of speeds, links or shards. Left out are the first rounds, in which
/// gradients are under way that no update came before, and the job's end, when there is no work for all.
/// </summary>
internal sealed class MeanStaleness : ILaw
{
    private const double Tolerance = 0.005;
    private const int FirstRounds = 20;

    /// <inheritdoc/>
    public string Name => "mean staleness";

    /// <inheritdoc/>
    public string Statement =>
        "N workers that are always busy, of any speeds, push gradients that are N − 1 updates late in the mean.";

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
        // From 1 to 10 samples a second; each second one is memoryless. A shard is busy for at most a tenth of the
        // time.
        var speeds = Enumerable
            .Range(0, workers)
            .Select(i =>
            {
                var speed = Math.Pow(10, random.NextFloat());
                return i % 2 == 0 ? Speed.Constant(speed) : Speed.Exponential(speed);
            })
            .ToList();
        AlwaysBusy.Run(
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
