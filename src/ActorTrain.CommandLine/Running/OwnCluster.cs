using Akka.Configuration;

namespace ActorTrain.CommandLine.Running;

/// <summary>The cluster of a verb that begins and ends with its only job.</summary>
internal static class OwnCluster
{
    /// <summary>Its settings: nobody could ask it for a result later.</summary>
    public static Config Settings { get; } = ConfigurationFactory.ParseString("actortrain.state.keep-results = 0s");
}
