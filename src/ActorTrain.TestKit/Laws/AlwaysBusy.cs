using ActorTrain.Job;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using Akka.Configuration;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Clusters as laws of asynchrony know them: one shard, workers that never wait for work, plain descent (no momentum, a
/// constant rate, late gradients count as much as any), and one epoch, which is long. Micro-batches are of one sample.
/// </summary>
internal static class AlwaysBusy
{
    private const int LeaseBatches = 4;

    /// <summary>
    /// Pushes at the job's end that may be made when some workers have no work left: those of the lease that each
    /// holds, and of the one that it has asked for ahead.
    /// </summary>
    public static int Ending(int workers) => 2 * LeaseBatches * workers;

    /// <summary>Runs a job.</summary>
    /// <param name="seed">The simulation's.</param>
    /// <param name="speeds">The workers'.</param>
    /// <param name="curvatures">λ, one a parameter.</param>
    /// <param name="rate">The learning rate η.</param>
    /// <param name="pushes">Pushes during which all are busy.</param>
    /// <param name="reader">Notes what is to be known of it.</param>
    /// <param name="arrange">What else the simulation is to be, such as links and costs.</param>
    /// <param name="settings">What else the job is to be.</param>
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
            Engines = new AnalyticEngines(curvatures, trainSamples: pushes + Ending(speeds.Count), testSamples: 1),
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
                .. speeds.Select((speed, i) => new NodePlan($"worker-{i + 1}", [Hosting.NodeRoles.Worker], speed)),
            ],
        };
        return (arrange?.Invoke(simulation) ?? simulation).Run(Job(speeds.Count, rate, settings)).ShouldBeSound();
    }

    private static JobOptions Job(int workers, double rate, string settings) =>
        JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                FormattableString.Invariant(
                    $$"""
                    actortrain.job {
                      epochs = 1, batch = 1, lease-batches = {{LeaseBatches}}, minimum-workers = {{workers}}
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
