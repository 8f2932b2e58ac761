using ActorTrain.Settings;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorTrain.Hosting;

/// <summary>ActorTrain in a generic host, by Akka.Hosting.</summary>
public static class ActorTrainHostingExtensions
{
    /// <summary>
    /// Adds an ActorTrain node to the host's actor system, which must be a member of a cluster (<c>WithRemoting</c> and
    /// <c>WithClustering</c>). Its settings are those below <c>actortrain</c> in the host's configuration. The host's
    /// other settings stay as they are.
    /// </summary>
    /// <param name="builder">The host's actor system.</param>
    /// <param name="configure">Sets the node's roles, models and algorithms, when the actor system starts.</param>
    public static AkkaConfigurationBuilder WithActorTrain(
        this AkkaConfigurationBuilder builder,
        Action<NodeOptions> configure
    ) =>
        builder
            // Appended: the host's own settings take precedence.
            .AddHocon(ReferenceConfiguration.Config, HoconAddMode.Append)
            .AddStartup(
                (system, _) =>
                {
                    var options = new NodeOptions();
                    configure(options);
                    ActorTrainExtension.Get(system).StartNode(options);
                }
            );

    /// <summary>The same, with settings from a section of .NET configuration.</summary>
    /// <param name="builder">The host's actor system.</param>
    /// <param name="section">The section, such as <c>ActorTrain</c> of appsettings.json: <c>Roles</c>,
    /// <c>CoordinatorRole</c>, and what stands below <c>actortrain</c> in HOCON, such as
    /// <c>Coordinator:ProgressInterval</c>. Large letters and dashes make no difference.</param>
    /// <param name="configure">Sets the node's models and algorithms, when the actor system starts.</param>
    /// <exception cref="ActorTrainException">A key does not exist.</exception>
    public static AkkaConfigurationBuilder WithActorTrain(
        this AkkaConfigurationBuilder builder,
        IConfiguration section,
        Action<NodeOptions> configure
    )
    {
        var node = new NodeSection(section, nameof(NodeOptions.Roles), nameof(NodeOptions.CoordinatorRole));
        return builder
            .AddHocon(node.Settings, HoconAddMode.Prepend)
            .WithActorTrain(options =>
            {
                options.Roles = node.Read(
                    nameof(options.Roles),
                    options.Roles,
                    (at, key) => at.Items(key, NodeRoles.All)
                );
                options.CoordinatorRole = node.Read(
                    nameof(options.CoordinatorRole),
                    null,
                    (at, key) => at.TextOrNone(key)
                );
                configure(options);
            });
    }

    /// <summary>
    /// Adds an <see cref="ITrainingClient"/> to the container: it uses the ActorTrain node in the container's actor
    /// system.
    /// </summary>
    public static IServiceCollection AddTrainingClient(this IServiceCollection services) =>
        services.AddSingleton<ITrainingClient>(provider =>
            TrainingClient.From(provider.GetRequiredService<ActorSystem>())
        );

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
