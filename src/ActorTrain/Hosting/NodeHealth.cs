using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorTrain.Hosting;

/// <summary>The health of an actor system's node and of its job, for any health check.</summary>
internal static class NodeHealth
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Healthy while the node is enrolled with a coordinator.</summary>
    public static async Task<HealthCheckResult> CheckEnrolmentAsync(
        ActorSystem system,
        CancellationToken cancellation = default
    ) => Enrolment(await EnrolmentStatusAsync(system, cancellation).ConfigureAwait(false));

    /// <summary>
    /// Healthy while a job trains or there is none; degraded while the job waits for something, is paused, has failed,
    /// or its coordinator does not answer.
    /// </summary>
    public static async Task<HealthCheckResult> CheckTrainingAsync(
        ActorSystem system,
        CancellationToken cancellation = default
    )
    {
        var status = await EnrolmentStatusAsync(system, cancellation).ConfigureAwait(false);
        if (status?.Coordinator is not { } coordinator)
            return Enrolment(status);
        var reply = await AskAsync<ClientProtocol.Status>(coordinator, new ClientProtocol.GetStatus(), cancellation)
            .ConfigureAwait(false);
        return Training(reply?.Cluster);
    }

    internal static HealthCheckResult Enrolment(NodeActor.EnrolmentStatus? status) =>
        status switch
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
            {
                Job:
                { Phase: JobPhase.Training or JobPhase.WaitingForWorkers or JobPhase.Preparing, Reason.Length: > 0 } job
            } => HealthCheckResult.Degraded($"job '{job.Job}' does not train: {job.Reason.AsClause()}"),
            { Job: { Phase: JobPhase.Paused } job } => HealthCheckResult.Degraded($"job '{job.Job}' is paused"),
            { Job: { Phase: JobPhase.Failed } job } => HealthCheckResult.Degraded(
                $"job '{job.Job}' has failed: {job.Reason.AsClause()}"
            ),
            { Job: { Phase: JobPhase.Completed or JobPhase.Canceled } } => HealthCheckResult.Healthy("no job runs"),
            { Job: { } job } => HealthCheckResult.Healthy(
                $"job '{job.Job}' is at {Plural.Number(job.SamplesApplied)} of "
                    + $"{Plural.Format(job.SamplesExpected, "sample")}"
            ),
        };

    private static Task<NodeActor.EnrolmentStatus?> EnrolmentStatusAsync(
        ActorSystem system,
        CancellationToken cancellation
    ) =>
        AskAsync<NodeActor.EnrolmentStatus>(
            HostedNode.Gateway(system),
            new NodeActor.GetEnrolmentStatus(),
            cancellation
        );

    private static async Task<T?> AskAsync<T>(ICanTell target, object question, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await target.Ask<T>(question, Timeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
