using ActorTrain.Files;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Coordinator;

/// <summary>The coordinator's settings: section <c>actortrain.coordinator</c>.</summary>
/// <param name="ProgressInterval">Time between two rounds of counts, and between two reports to the client.</param>
/// <param name="LeaseTimeout">Time without a push of its holder after which a lease goes to another worker.</param>
/// <param name="EvaluationTimeout">Time without an answer after which an evaluation goes to another worker.</param>
/// <param name="CancelTimeout">Time for workers to finish their micro-batch when a job is canceled.</param>
/// <param name="StandbyShare">Part of the time that copies of shards may be on their way; 0 for no copies.</param>
/// <param name="StateFolder">Where the node keeps what it must find again; null where it has no place for it.</param>
/// <param name="KeepResults">How long the results of jobs are kept; zero for not at all.</param>
internal sealed record CoordinatorOptions(
    TimeSpan ProgressInterval,
    TimeSpan LeaseTimeout,
    TimeSpan EvaluationTimeout,
    TimeSpan CancelTimeout,
    double StandbyShare,
    string? StateFolder = null,
    TimeSpan KeepResults = default
)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <exception cref="ActorTrainException">A value is invalid.</exception>
    public static CoordinatorOptions From(Config system)
    {
        var settings = SettingsReader.OfSystem(system);
        return new(
            settings.Duration("actortrain.coordinator.progress-interval", Shortest),
            settings.Duration("actortrain.coordinator.lease-timeout", Shortest),
            settings.Duration("actortrain.coordinator.evaluation-timeout", Shortest),
            settings.Duration("actortrain.coordinator.cancel-timeout", TimeSpan.Zero),
            settings.Double("actortrain.coordinator.standby-share", Bounds.Between(0, 1)),
            StateFolderOf(settings),
            settings.Duration("actortrain.state.keep-results", TimeSpan.Zero)
        );
    }

    /// <summary>The configured state folder, or that of the user.</summary>
    public static string? StateFolderOf(SettingsReader settings) =>
        settings.TextOrNone("actortrain.state.folder") ?? UserFolders.State("actortrain");
}
