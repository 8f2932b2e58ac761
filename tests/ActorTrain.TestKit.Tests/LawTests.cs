using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

public sealed class LawTests
{
    /// <summary>
    /// Each of N workers that are always busy has one gradient under way; by Little's law each push meets N − 1 updates since its pull, in the mean, whatever the speeds. The first round, which
    /// begins with nobody's update, takes N/2 a worker from the sum.
    /// </summary>
    [Theory, InlineData(8, 1), InlineData(8, 2), InlineData(32, 1)]
    public void With_N_busy_workers_of_any_speeds_the_mean_staleness_is_N_minus_1(int workers, int seed)
    {
        const int rounds = 300, batch = 10;
        var random = new Random(seed);
        var simulation = new Simulation(seed)
        {
            Engines = AnalyticEngines.Small(parameters: 4, trainSamples: batch * workers * rounds),
            Links = NetworkOptions.None,
            Costs = CostOptions.None,
        }.WithSeed();
        for (var i = 0; i < workers; i++) simulation = simulation.WithWorkers(1, i % 2 == 0 ? Speed.Constant(500 + random.Next(1000)) : Speed.Exponential(500 + random.Next(1000)));
        var report = simulation.Run(Jobs.Of($"epochs = 1\n minimum-workers = {workers}\n balance {{ micro-batch = off, repeat = off }}")).Report!;
        report.Staleness.Mean.ShouldBe(workers - 1, tolerance: 0.005 * (workers - 1));
    }
}
