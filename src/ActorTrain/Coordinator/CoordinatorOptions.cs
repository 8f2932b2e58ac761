using Akka.Configuration;

namespace ActorTrain.Coordinator;

/// <summary>The coordinator's settings: section <c>actortrain.coordinator</c>.</summary>
/// <param name="ProgressInterval">Time between two looks at the shards' counts, and two words to the client.</param>
/// <param name="LeaseTimeout">Time without a single push of its holder after which a lease goes to somebody else.</param>
/// <param name="StopPatience">Time for workers to finish their micro-batch when a job is stopped.</param>
internal sealed record CoordinatorOptions(TimeSpan ProgressInterval, TimeSpan LeaseTimeout, TimeSpan StopPatience)
{
    public static CoordinatorOptions Of(Config config)
    {
        var section = config.GetConfig("actortrain.coordinator");
        return new(section.GetTimeSpan("progress-interval"), section.GetTimeSpan("lease-timeout"), section.GetTimeSpan("stop-patience"));
    }
}
