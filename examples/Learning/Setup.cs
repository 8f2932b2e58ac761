using ActorTrain.Job;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Nodes;
using ActorTrain.Torch;
using Akka.Configuration;

namespace Learning;

/// <summary>The settings that all cells of a table share. They were chosen on one worker.</summary>
internal sealed record Setup
{
    // Samples a second: a micro-batch takes 32 ms, many times as long as a push and its reply.
    private const double PerSecond = 1000;

    // Times the duration with one worker and the largest data set: a job that takes longer has stalled.
    private const double TimeoutFactor = 10,
        MostSamples = 60_000;

    public string Data { get; init; } = "built-in";

    public string Model { get; init; } = "mlp";

    public int Epochs { get; init; } = 10;

    public int Batch { get; init; } = 32;

    public double LearningRate { get; init; } = 0.03;

    /// <summary>The settings in one line: a table has results of one setup only.</summary>
    public override string ToString() =>
        FormattableString.Invariant(
            $"{Data} data, {Model}, {Epochs} epochs, batch {Batch}, learning rate {LearningRate}, momentum 0.9"
        );

    /// <summary>The job of one cell.</summary>
    /// <exception cref="ActorTrain.ActorTrainException">The method's settings are refused.</exception>
    public JobOptions Job(Cell cell) =>
        JobOptionsReader.Read(
            ConfigurationFactory
                .ParseString(
                    $$"""
                    actortrain.job { {{cell.Method.Settings(this, cell.Workers)}} }
                    """
                )
                .WithFallback(
                    ConfigurationFactory.ParseString(
                        FormattableString.Invariant(
                            $$"""
                            actortrain.job {
                              name = "{{cell.Method.Name}}"
                              model { name = {{Model}}, mlp.hidden = [64] }
                              data.source = {{Data}}
                              epochs = {{Epochs}}
                              batch-size = {{Batch}}
                              optimizer { name = sgd, learning-rate = {{LearningRate}}, momentum = 0.9 }
                              schedule { name = cosine, warm-up = 0 }
                              staleness.policy = accept
                              balance.micro-batch = off
                              evaluate-every = {{Epochs}}
                              minimum-workers = {{cell.Workers}}
                              seed = {{cell.Seed}}
                            }
                            """
                        )
                    )
                )
        );

    /// <summary>
    /// The cluster of one cell: every other worker takes a constant time for a gradient, and the others exponentially
    /// distributed times with the same mean. Links are the default's: 100 µs, 125 MB/s.
    /// </summary>
    public Simulation Cluster(Cell cell)
    {
        // One thread, as a simulation has.
        var cluster = new Simulation(cell.Seed)
        {
            Engines = new TorchEngineFactory(new TorchOptions("cpu", Threads: 1)),
            Limit = TimeSpan.FromSeconds(TimeoutFactor * Epochs * MostSamples / PerSecond),
        }.WithSeed();
        for (var i = 0; i < cell.Workers; i++)
            cluster = cluster.WithWorkers(1, i % 2 == 0 ? Speed.Constant(PerSecond) : Speed.Exponential(PerSecond));
        return cluster;
    }
}
