using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Sentences;
using Akka.Actor;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorTrain.Hosting;

/// <summary>The health of an actor system's node, and of the job that it takes part in, for any health check.</summary>
public static class NodeHealth
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Healthy while the node is enrolled with a coordinator.</summary>
    public static async Task<HealthCheckResult> CheckEnrolmentAsync(
        ActorSystem system,
        CancellationToken cancellation = default
    ) => Enrolment(await StandingAsync(system, cancellation).ConfigureAwait(false));

    /// <summary>
    /// Healthy while a job trains or none is there; degraded while one waits for something, is paused, has failed, or
    /// its coordinator does not answer.
    /// </summary>
    public static async Task<HealthCheckResult> CheckTrainingAsync(
        ActorSystem system,
        CancellationToken cancellation = default
    )
    {
        var standing = await StandingAsync(system, cancellation).ConfigureAwait(false);
        if (standing?.Coordinator is not { } coordinator)
            return Enrolment(standing);
        var status = await AskAsync<ClientProtocol.Status>(coordinator, new ClientProtocol.GetStatus(), cancellation)
            .ConfigureAwait(false);
        return Training(status?.Cluster);
    }

    internal static HealthCheckResult Enrolment(NodeActor.Standing? standing) =>
        standing switch
        {
            null => HealthCheckResult.Unhealthy("no ActorTrain node runs in this actor system"),
            { Coordinator: null, Difference: { } difference } => HealthCheckResult.Unhealthy(
                $"not enrolled: {difference}"
            ),
            { Coordinator: null } => HealthCheckResult.Unhealthy(
                "not enrolled: the cluster has no coordinator, or it does not answer"
            ),
            { Coordinator.Path.Address: var at } => HealthCheckResult.Healthy(
                at.HasLocalScope
                    ? "enrolled with the coordinator on this node"
                    : $"enrolled with the coordinator at {at.Host}:{at.Port}"
            ),
        };

    internal static HealthCheckResult Training(ClusterStatus? cluster) =>
        cluster switch
        {
            null => HealthCheckResult.Degraded("the coordinator does not answer; it may be moving to another node"),
            { Job: null } => HealthCheckResult.Healthy("no job runs"),
            { Job: { Phase: JobPhase.Training or JobPhase.Gathering or JobPhase.Preparing, Reason.Length: > 0 } job } =>
                HealthCheckResult.Degraded($"job '{job.Job}' does not train: {job.Reason.AsClause()}"),
            { Job: { Phase: JobPhase.Paused } job } => HealthCheckResult.Degraded($"job '{job.Job}' is paused"),
            { Job: { Phase: JobPhase.Failed } job } => HealthCheckResult.Degraded(
                $"job '{job.Job}' has failed: {job.Reason.AsClause()}"
            ),
            { Job: { Phase: JobPhase.Completed or JobPhase.Stopped } } => HealthCheckResult.Healthy("no job runs"),
            { Job: { } job } => HealthCheckResult.Healthy(
                $"job '{job.Job}' is at {Plural.Number(job.SamplesApplied)} of "
                    + $"{Plural.Of(job.SamplesExpected, "sample")}"
            ),
        };

    private static Task<NodeActor.Standing?> StandingAsync(ActorSystem system, CancellationToken cancellation) =>
        AskAsync<NodeActor.Standing>(HostedNode.Gateway(system), new NodeActor.GetStanding(), cancellation);

    private static async Task<T?> AskAsync<T>(ICanTell asked, object question, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await asked.Ask<T>(question, Patience, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
