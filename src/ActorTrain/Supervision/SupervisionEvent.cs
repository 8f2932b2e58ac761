namespace ActorTrain.Supervision;

/// <summary>
/// Something that happened to a job's cluster, and what was done about it. Told to the job's client, written in its
/// report, and published on the event stream of the coordinator's actor system and of the client's.
/// </summary>
/// <param name="At">Seconds since the job was accepted.</param>
/// <param name="Kind">What kind of event: one of <see cref="SupervisionEventKinds"/>.</param>
/// <param name="Node">The node it is about, <c>host:port</c>; empty where it is about none.</param>
/// <param name="Reason">Why it happened.</param>
/// <param name="Remedy">What was done.</param>
public sealed record SupervisionEvent(double At, string Kind, string Node, string Reason, string Remedy);

/// <summary>The kinds of <see cref="SupervisionEvent"/>.</summary>
public static class SupervisionEventKinds
{
    /// <summary>A worker was admitted and gets leases; also one that comes back in a new life.</summary>
    public const string WorkerJoined = "worker-joined";

    /// <summary>A worker has left in order.</summary>
    public const string WorkerLeft = "worker-left";

    /// <summary>A worker's node is gone from the cluster.</summary>
    public const string WorkerLost = "worker-lost";

    /// <summary>
    /// A worker's node does not answer heartbeats; its life in the job has ended, and what it still pushes is refused.
    /// </summary>
    public const string WorkerUnreachable = "worker-unreachable";

    /// <summary>A worker's node answers again; it begins a new life.</summary>
    public const string WorkerReachable = "worker-reachable";

    /// <summary>The workers do not have the data set that the job names, and train on something in its place.</summary>
    public const string DataSubstituted = "data-substituted";

    /// <summary>A worker does not fit the job, or cannot make its engine.</summary>
    public const string WorkerRefused = "worker-refused";

    /// <summary>Tensors do not come through between a worker's node and a server's.</summary>
    public const string LaneBroken = "lane-broken";

    /// <summary>A worker's engine failed.</summary>
    public const string WorkerFailed = "worker-failed";

    /// <summary>A worker gets no more leases, since its gradients were not finite again and again.</summary>
    public const string WorkerQuarantined = "worker-quarantined";

    /// <summary>A worker that was stale again and again gets smaller leases, or none.</summary>
    public const string WorkerDemoted = "worker-demoted";

    /// <summary>A worker that was demoted gets more again.</summary>
    public const string WorkerPromoted = "worker-promoted";

    /// <summary>A device had too little memory for a micro-batch.</summary>
    public const string OutOfMemory = "out-of-memory";

    /// <summary>A worker's gradients held numbers that are not finite, and were refused.</summary>
    public const string GradientsNotFinite = "gradients-not-finite";

    /// <summary>A worker's gradients were too stale, and were refused.</summary>
    public const string GradientsTooStale = "gradients-too-stale";

    /// <summary>No push of a lease's holder has come for a long time.</summary>
    public const string LeaseExpired = "lease-expired";

    /// <summary>An idle worker repeats what a slower one holds.</summary>
    public const string LeaseRepeated = "lease-repeated";

    /// <summary>A worker could not evaluate.</summary>
    public const string EvaluationFailed = "evaluation-failed";

    /// <summary>No worker could evaluate an epoch.</summary>
    public const string EvaluationGivenUp = "evaluation-given-up";

    /// <summary>An epoch's evaluation was lost with the coordinator that knew it, and its weights are not kept any
    /// more.</summary>
    public const string EvaluationLost = "evaluation-lost";

    /// <summary>The test loss of an epoch is not finite.</summary>
    public const string EvaluationNotFinite = "evaluation-not-finite";

    /// <summary>The staleness policy was changed while the job ran.</summary>
    public const string StalenessChanged = "staleness-changed";

    /// <summary>How tightly the workers march was changed while the job ran.</summary>
    public const string ConsistencyChanged = "consistency-changed";

    /// <summary>The job was paused by request: no work is handed out.</summary>
    public const string JobPaused = "job-paused";

    /// <summary>The job goes on after a pause.</summary>
    public const string JobResumed = "job-resumed";

    /// <summary>The coordinator's node was lost, and another goes on with the job.</summary>
    public const string CoordinatorMoved = "coordinator-moved";
}
