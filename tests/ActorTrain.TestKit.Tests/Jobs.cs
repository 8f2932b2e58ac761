using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.TestKit.Tests;

/// <summary>Jobs to simulate.</summary>
internal static class Jobs
{
    public static JobOptions Create(string settings = "") =>
        JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                $"actortrain.job {{ epochs = 3, batch-size = 10, micro-batches-per-lease = 4, "
                    + $"optimizer {{ learning-rate = 0.01, momentum = 0 }}\n {settings} }}"
            )
        );
}
