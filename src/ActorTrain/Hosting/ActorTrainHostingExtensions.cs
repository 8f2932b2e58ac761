using ActorTrain.Settings;
using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorTrain.Hosting;

/// <summary>ActorTrain in a generic host, by Akka.Hosting.</summary>
public static class ActorTrainHostingExtensions
{
    /// <summary>
    /// Adds an ActorTrain node to the host's actor system, which must be a member of a cluster (<c>WithRemoting</c> and
    /// <c>WithClustering</c>). Its settings are those below <c>actortrain</c> in the host's configuration. All else
    /// that the host has set stays as it is.
    /// </summary>
    public static AkkaConfigurationBuilder WithActorTrain(
        this AkkaConfigurationBuilder builder,
        EmbeddedNodeOptions options
    ) =>
        builder
            // Appended: whatever the host says comes before it.
            .AddHocon(ReferenceConfiguration.Config, HoconAddMode.Append)
            .AddStartup((system, _) => ActorTrainExtension.Get(system).Start(options));

    /// <summary>
    /// Adds two health checks to those of the host (<c>services.AddHealthChecks()</c>), with the tag <c>actortrain</c>:
    /// <c>actortrain-enrolment</c> (the node has a coordinator) and <c>actortrain-training</c> (the job, if there is
    /// one, trains).
    /// </summary>
    public static AkkaConfigurationBuilder WithActorTrainHealthChecks(this AkkaConfigurationBuilder builder) =>
        builder
            .WithHealthCheck(
                "actortrain-enrolment",
                (system, _, cancellation) => NodeHealth.CheckEnrolmentAsync(system, cancellation),
                HealthStatus.Unhealthy,
                ["actortrain", "ready"],
                null
            )
            .WithHealthCheck(
                "actortrain-training",
                (system, _, cancellation) => NodeHealth.CheckTrainingAsync(system, cancellation),
                HealthStatus.Degraded,
                ["actortrain"],
                null
            );
}
