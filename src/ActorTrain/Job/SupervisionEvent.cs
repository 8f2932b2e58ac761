using System.Text.Json.Serialization;

namespace ActorTrain.Job;

/// <summary>
/// An event in a job's cluster, and the action taken. Sent to the job's client, written in its report, and published on
/// the event streams of the coordinator's and the client's actor systems.
/// </summary>
/// <param name="Elapsed">Time since the job was accepted; in JSON, seconds.</param>
/// <param name="Kind">What kind of event: one of <see cref="SupervisionEventKinds"/>.</param>
/// <param name="Node">The node it is about, <c>host:port</c>; empty where it is about none.</param>
/// <param name="Reason">Why it occurred.</param>
/// <param name="Action">The action taken.</param>
public sealed record SupervisionEvent(
    [property: JsonPropertyName("elapsedSeconds"), JsonConverter(typeof(SecondsConverter))] TimeSpan Elapsed,
    string Kind,
    string Node,
    string Reason,
    string Action
);

/// <summary>The kinds of <see cref="SupervisionEvent"/>.</summary>
public static class SupervisionEventKinds
{
    /// <summary>A worker was admitted and gets leases; also a worker that returns with a new incarnation.</summary>
    public const string WorkerJoined = "worker-joined";

    /// <summary>A worker has left after it returned its leases.</summary>
    public const string WorkerLeft = "worker-left";

    /// <summary>A worker's node is gone from the cluster.</summary>
    public const string WorkerLost = "worker-lost";

    /// <summary>
    /// A worker's node does not answer heartbeats; its incarnation has ended, and its further pushes are refused.
    /// </summary>
    public const string WorkerUnreachable = "worker-unreachable";

    /// <summary>A worker's node answers again; the worker gets a new incarnation.</summary>
    public const string WorkerReachable = "worker-reachable";

    /// <summary>The workers do not have the data set that the job names, and train on a substitute.</summary>
    public const string DataSubstituted = "data-substituted";

    /// <summary>A worker does not fit the job, or cannot create its engine.</summary>
    public const string WorkerRefused = "worker-refused";

    /// <summary>Tensors do not get through between a worker's node and a server's.</summary>
    public const string LaneBroken = "lane-broken";

    /// <summary>A worker's engine failed.</summary>
    public const string WorkerFailed = "worker-failed";

    /// <summary>A worker gets no more leases, since its gradients were repeatedly not finite.</summary>
    public const string WorkerQuarantined = "worker-quarantined";

    /// <summary>A worker whose gradients were repeatedly too stale gets smaller leases, or none.</summary>
    public const string WorkerDemoted = "worker-demoted";

    /// <summary>A demoted worker gets larger leases again.</summary>
    public const string WorkerPromoted = "worker-promoted";

    /// <summary>A device had too little memory for a micro-batch.</summary>
    public const string OutOfMemory = "out-of-memory";

    /// <summary>A worker's gradients held numbers that are not finite, and were refused.</summary>
    public const string GradientsNotFinite = "gradients-not-finite";

    /// <summary>A worker's gradients were too stale, and were refused.</summary>
    public const string GradientsTooStale = "gradients-too-stale";

    /// <summary>The holder of a lease has not pushed for a long time.</summary>
    public const string LeaseExpired = "lease-expired";

    /// <summary>An idle worker repeats the lease of a slower one.</summary>
    public const string LeaseRepeated = "lease-repeated";

    /// <summary>A worker could not evaluate.</summary>
    public const string EvaluationFailed = "evaluation-failed";

    /// <summary>No worker could evaluate an epoch.</summary>
    public const string EvaluationGivenUp = "evaluation-given-up";

    /// <summary>An epoch's evaluation was lost with its coordinator, and its weights are no longer kept.</summary>
    public const string EvaluationLost = "evaluation-lost";

    /// <summary>The test loss of an epoch is not finite.</summary>
    public const string EvaluationNotFinite = "evaluation-not-finite";

    /// <summary>The staleness policy was changed while the job ran.</summary>
    public const string StalenessChanged = "staleness-changed";

    /// <summary>The consistency model was changed while the job ran.</summary>
    public const string ConsistencyChanged = "consistency-changed";

    /// <summary>The job was paused by request: no lease is granted.</summary>
    public const string JobPaused = "job-paused";

    /// <summary>The job goes on after a pause.</summary>
    public const string JobResumed = "job-resumed";

    /// <summary>The coordinator's node was lost, and another coordinator adopted the job.</summary>
    public const string CoordinatorMoved = "coordinator-moved";

    /// <summary>A shard was lost with its node, and goes on from its copy on another.</summary>
    public const string ShardRestored = "shard-restored";

    /// <summary>A checkpoint is on the disk.</summary>
    public const string CheckpointWritten = "checkpoint-written";

    /// <summary>A checkpoint could not be taken or written; training goes on.</summary>
    public const string CheckpointFailed = "checkpoint-failed";

    /// <summary>A checkpoint cannot be read, and the job goes on from an earlier one.</summary>
    public const string CheckpointDamaged = "checkpoint-damaged";

    /// <summary>The job goes on from a checkpoint.</summary>
    public const string CheckpointResumed = "checkpoint-resumed";
}
