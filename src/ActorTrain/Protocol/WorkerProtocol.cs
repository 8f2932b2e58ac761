using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Serialization;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>Coordinator's job and worker: join, train, evaluate, leave.</summary>
internal static class WorkerProtocol
{
    /// <summary>
    /// Job → worker node: load the engine, or keep it for another coordinator. Answered by <see cref="Prepared"/> or
    /// <see cref="CannotPrepare"/>.
    /// </summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Job">What to train.</param>
    public sealed record Prepare(string JobId, JobOptions Job) : IWireMessage;

    /// <summary>Worker → job: the engine is loaded. Answered by <see cref="CheckLane"/> or
    /// <see cref="Refuse"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Model">The model as its engine built it.</param>
    /// <param name="Dataset">The data set that it found.</param>
    /// <param name="Device">What it computes on.</param>
    /// <param name="Measured">Its measurement of a few micro-batches of the job.</param>
    public sealed record Prepared(
        string JobId,
        ModelDescription Model,
        DatasetDescription Dataset,
        DeviceDescription Device,
        Measurement Measured
    ) : IWireMessage;

    /// <summary>Job → worker that fits: test the lane to the servers and from them. Answered by
    /// <see cref="LaneChecked"/>, and then by <see cref="Start"/> or <see cref="Initialize"/>.</summary>
    /// <param name="Servers">The server nodes' actors.</param>
    public sealed record CheckLane(IActorRef[] Servers) : IWireMessage;

    /// <summary>Worker → job: whether the lanes work.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Trouble">Which lane does not work, in one sentence; null where all do.</param>
    public sealed record LaneChecked(string JobId, string? Trouble) : IWireMessage;

    /// <summary>Worker → job: the engine cannot be loaded here.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record CannotPrepare(string JobId, string Reason) : IWireMessage;

    /// <summary>Job → worker: it takes no part in the job, or no longer.</summary>
    /// <param name="Reason">The first difference, with both sides named; or why it is quarantined.</param>
    public sealed record Refuse(string Reason) : IWireMessage;

    /// <summary>
    /// Job → first worker: give the shards their starting weights. Answered by <see cref="ShardsInitialized"/>.
    /// </summary>
    /// <param name="Shards">Where the shards are.</param>
    /// <param name="Buffers">Where the model's buffers are combined; null for a model without any.</param>
    public sealed record Initialize(ShardPlace[] Shards, IActorRef? Buffers) : IWireMessage;

    /// <summary>First worker → job: every shard has weights.</summary>
    public sealed record ShardsInitialized : IWireMessage;

    /// <summary>
    /// Job → worker: train. The worker pulls the parameters and requests leases from the sender. One that trains
    /// already begins again with the new incarnation.
    /// </summary>
    /// <param name="Worker">Its name and incarnation in this job.</param>
    /// <param name="Shards">Where the shards are.</param>
    /// <param name="Buffers">Where the model's buffers are combined; null for a model without any.</param>
    public sealed record Start(WorkerId Worker, ShardPlace[] Shards, IActorRef? Buffers) : IWireMessage;

    /// <summary>
    /// Worker → job. Answered by <see cref="Granted"/>, at once or as soon as there is work for it.
    /// </summary>
    /// <param name="Worker">The worker.</param>
    public sealed record RequestLease(WorkerId Worker) : IWireMessage;

    /// <summary>Job → worker.</summary>
    /// <param name="Lease">What to train on.</param>
    /// <param name="IsRaced">Whether the worker discards a gradient whose step has closed: there are backup
    /// workers.</param>
    /// <param name="IsPaced">Whether others may have gone on while the worker waited for it: then it pulls the
    /// parameters again.</param>
    public sealed record Granted(Lease Lease, bool IsRaced = false, bool IsPaced = false) : IWireMessage;

    /// <summary>
    /// Job → worker: return the parts that are not begun. Answered by <see cref="LeaseEnded"/> for each lease, as soon
    /// as its begun parts have their verdicts.
    /// </summary>
    public sealed record ReturnLeases : IWireMessage;

    /// <summary>Worker → job: a lease has ended; every shard has judged the parts that are not undone.</summary>
    /// <param name="Worker">The worker that held it.</param>
    /// <param name="LeaseId">The lease.</param>
    /// <param name="Undone">Parts to be granted again: those that were refused, and those that were not begun.</param>
    /// <param name="Refused">Why parts of it were refused.</param>
    /// <param name="Account">The counts of the lease.</param>
    public sealed record LeaseEnded(
        WorkerId Worker,
        long LeaseId,
        SampleRange[] Undone,
        RefusedPart[] Refused,
        LeaseAccount Account
    ) : IWireMessage;

    /// <summary>A part that a shard refused.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Refusal">What kind of refusal.</param>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record RefusedPart(SampleRange Part, Refusal Refusal, string Reason);

    /// <summary>The counts of a lease.</summary>
    /// <param name="LossSum">Sum of the training loss over the samples applied.</param>
    /// <param name="Samples">Samples applied.</param>
    /// <param name="Trained">Samples that gradients were computed for, with any verdict.</param>
    /// <param name="Pushes">Gradients that were judged.</param>
    /// <param name="Seconds">Time from the first gradient to the last answer.</param>
    public sealed record LeaseAccount(double LossSum, long Samples, long Trained, int Pushes, double Seconds);

    /// <summary>
    /// Worker → job: its device has too little memory for a micro-batch; it goes on with smaller ones.
    /// </summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Samples">Samples that were too many.</param>
    /// <param name="Most">Samples that it takes at once from now on.</param>
    /// <param name="Reason">The device's own message.</param>
    public sealed record OutOfMemory(WorkerId Worker, int Samples, int Most, string Reason) : IWireMessage;

    /// <summary>Worker → job: this incarnation ends. Its leases have been ended before.</summary>
    /// <param name="Worker">The worker that leaves.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Failed">Whether an error is the reason.</param>
    /// <param name="Returns">Whether its node is about to try again with a new engine.</param>
    public sealed record Withdrawn(WorkerId Worker, string Reason, bool Failed, bool Returns) : IWireMessage;

    /// <summary>Job → worker: evaluate the parameters as they were at an epoch's end. Answered by
    /// <see cref="Evaluated"/>, <see cref="EvaluationFailed"/> or <see cref="EvaluationPostponed"/>.</summary>
    /// <param name="Epoch">The epoch just completed.</param>
    public sealed record Evaluate(int Epoch) : IWireMessage;

    /// <summary>Worker → job.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Evaluation">The result.</param>
    public sealed record Evaluated(int Epoch, Evaluation Evaluation) : IWireMessage;

    /// <summary>Worker → job: the evaluation failed; another worker may try.</summary>
    /// <param name="Worker">The worker that failed.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Reason">Why it failed.</param>
    /// <param name="IsPast">Whether no other worker can: the epoch's weights are no longer kept.</param>
    public sealed record EvaluationFailed(WorkerId Worker, int Epoch, string Reason, bool IsPast = false)
        : IWireMessage;

    /// <summary>Worker → job: a shard has stopped before its weights came, which is not this worker's fault. The
    /// evaluation is given anew once the shard is restored.</summary>
    /// <param name="Worker">The worker that was to evaluate.</param>
    public sealed record EvaluationPostponed(WorkerId Worker) : IWireMessage;

    /// <summary>Job → worker node: the job has ended; stop its worker. Not answered.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Close(string JobId) : IWireMessage;

    /// <summary>
    /// Job → worker: the job ends; return all leases. Answered by <see cref="LeaseEnded"/> where a lease is held, then
    /// <see cref="Withdrawn"/>.
    /// </summary>
    public sealed record EndJob : IWireMessage;
}
