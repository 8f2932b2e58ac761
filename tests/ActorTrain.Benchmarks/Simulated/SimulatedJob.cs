using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>Jobs for the simulator, with small steps.</summary>
internal static class SimulatedJob
{
    public const int Batch = 10;

    public static JobOptions Create(string settings) =>
        JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                $$"""
                actortrain.job { batch-size = {{Batch}}, evaluate-every = 1000
                  optimizer.learning-rate = 0.001
                  optimizer.momentum = 0
                  {{settings}}
                }
                """
            )
        );
}
