using ActorTrain.Job;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using Akka.Configuration;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Clusters that laws of asynchrony assume: one shard, workers that never wait for work, plain descent (no momentum, a
/// constant rate, stale gradients count in full), and one long epoch. A micro-batch is one sample.
/// </summary>
internal static class BusyCluster
{
    private const int LeaseBatches = 4;

    /// <summary>
    /// Pushes at the job's end during which some workers may be idle: those of the lease that each holds, and of the
    /// one that it has asked for ahead.
    /// </summary>
    public static int PushesAtEnd(int workers) => 2 * LeaseBatches * workers;

    /// <summary>Runs a job.</summary>
    /// <param name="seed">The simulation's seed.</param>
    /// <param name="speeds">The workers' speeds.</param>
    /// <param name="curvatures">λ of each parameter.</param>
    /// <param name="rate">The learning rate η.</param>
    /// <param name="pushes">Pushes during which all workers are busy.</param>
    /// <param name="reader">Reads the lane.</param>
    /// <param name="arrange">Changes the simulation, such as its links and costs.</param>
    /// <param name="settings">Further settings of the job.</param>
    public static SimulationResult Run(
        long seed,
        IReadOnlyList<Speed> speeds,
        IReadOnlyList<float> curvatures,
        double rate,
        int pushes,
        ILaneReader reader,
        Func<Simulation, Simulation>? arrange = null,
        string settings = ""
    )
    {
        var simulation = new Simulation(seed)
        {
            Engines = new AnalyticEngines(curvatures, trainSamples: pushes + PushesAtEnd(speeds.Count), testSamples: 1),
            Links = NetworkOptions.None,
            Costs = CostOptions.None,
            Reader = reader,
            Limit = TimeSpan.FromDays(1000),
        }.WithSeed();
        simulation = simulation with
        {
            Nodes =
            [
                .. simulation.Nodes,
                .. speeds.Select((speed, i) => new NodePlan($"worker-{i + 1}", [NodeRoles.Worker], speed)),
            ],
        };
        return (arrange?.Invoke(simulation) ?? simulation).Run(Job(speeds.Count, rate, settings)).ShouldSucceed();
    }

    private static JobOptions Job(int workers, double rate, string settings) =>
        JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                FormattableString.Invariant(
                    $$"""
                    actortrain.job {
                      epochs = 1, batch-size = 1, minimum-workers = {{workers}}
                      micro-batches-per-lease = {{LeaseBatches}}
                      optimizer { name = sgd, learning-rate = {{rate}}, momentum = 0 }
                      schedule { name = constant, warm-up = 0 }
                      staleness.policy = accept
                      balance { micro-batch = off, lease = off, repeat = off }
                      {{settings}}
                    }
                    """
                )
            )
        );
}
