using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Coordinator;

/// <summary>The coordinator's settings: section <c>actortrain.coordinator</c>.</summary>
/// <param name="ProgressInterval">Time between two looks at the shards' counts, and two words to the client.</param>
/// <param name="LeaseTimeout">Time without a single push of its holder after which a lease goes to somebody
/// else.</param>
/// <param name="EvaluationTimeout">Time without an answer after which an evaluation goes to somebody else.</param>
/// <param name="StopPatience">Time for workers to finish their micro-batch when a job is stopped.</param>
internal sealed record CoordinatorOptions(
    TimeSpan ProgressInterval,
    TimeSpan LeaseTimeout,
    TimeSpan EvaluationTimeout,
    TimeSpan StopPatience
)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <exception cref="ActorTrainException">A value cannot be.</exception>
    public static CoordinatorOptions Of(Config system)
    {
        var settings = SettingsReader.OfSystem(system);
        return new(
            settings.Duration("actortrain.coordinator.progress-interval", Shortest),
            settings.Duration("actortrain.coordinator.lease-timeout", Shortest),
            settings.Duration("actortrain.coordinator.evaluation-timeout", Shortest),
            settings.Duration("actortrain.coordinator.stop-patience", TimeSpan.Zero)
        );
    }
}
