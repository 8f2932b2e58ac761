using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.TestKit.Tests;

/// <summary>Jobs to simulate.</summary>
internal static class Jobs
{
    public static JobOptions Of(string settings = "") =>
        JobOptionsReader.Read(
            ConfigurationFactory.ParseString(
                $"actortrain.job {{ epochs = 3, batch = 10, lease-batches = 4, optimizer {{ learning-rate = 0.01, "
                    + $"momentum = 0 }}\n {settings} }}"
            )
        );
}
