using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Serialization;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>Coordinator's job and worker: join, train, evaluate, leave.</summary>
public static class WorkerProtocol
{
    /// <summary>
    /// Job → worker node: make ready, or stay so for another coordinator. Answered by <see cref="Prepared"/> or
    /// <see cref="CannotPrepare"/>.
    /// </summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Job">What to train.</param>
    public sealed record Prepare(string JobId, JobOptions Job) : IWireMessage;

    /// <summary>Worker → job: the engine is loaded; this is what it is. Answered by <see cref="CheckLane"/> or
    /// <see cref="Refuse"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Model">The model as its engine built it.</param>
    /// <param name="Dataset">The data set as it found it.</param>
    /// <param name="Device">What it computes on.</param>
    /// <param name="Measured">What a few micro-batches of the job took it.</param>
    public sealed record Prepared(
        string JobId,
        ModelDescription Model,
        DatasetDescription Dataset,
        DeviceDescription Device,
        Measurement Measured
    ) : IWireMessage;

    /// <summary>Job → worker that fits: try the lane to the servers and from them. Answered by
    /// <see cref="LaneChecked"/>, and then by <see cref="Start"/> or <see cref="Initialize"/>.</summary>
    /// <param name="Servers">The server nodes' actors.</param>
    public sealed record CheckLane(IActorRef[] Servers) : IWireMessage;

    /// <summary>Worker → job: tensors come through, or do not yet.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Trouble">Which lane does not work, in one sentence; null where all do.</param>
    public sealed record LaneChecked(string JobId, string? Trouble) : IWireMessage;

    /// <summary>Worker → job: the engine cannot be loaded here.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record CannotPrepare(string JobId, string Reason) : IWireMessage;

    /// <summary>Job → worker: it takes no part in the job, or no more.</summary>
    /// <param name="Reason">The first difference, with both sides named; or why it is quarantined.</param>
    public sealed record Refuse(string Reason) : IWireMessage;

    /// <summary>
    /// Job → first worker: give the shards their starting weights. Answered by <see cref="ShardsInitialized"/>.
    /// </summary>
    /// <param name="Shards">Where the shards are.</param>
    /// <param name="ModelState">Where the model's state is combined; null for a model without any.</param>
    public sealed record Initialize(ShardPlace[] Shards, IActorRef? ModelState) : IWireMessage;

    /// <summary>First worker → job: every shard has weights.</summary>
    public sealed record ShardsInitialized : IWireMessage;

    /// <summary>
    /// Job → worker: train. The worker pulls the parameters and asks the sender for leases. One that trains already
    /// begins a new life.
    /// </summary>
    /// <param name="Worker">Its name and incarnation in this job.</param>
    /// <param name="Shards">Where the shards are.</param>
    /// <param name="ModelState">Where the model's state is combined; null for a model without any.</param>
    public sealed record Start(WorkerId Worker, ShardPlace[] Shards, IActorRef? ModelState) : IWireMessage;

    /// <summary>
    /// Worker → job. Answered by <see cref="Granted"/>, at once or when there is something to do again.
    /// </summary>
    /// <param name="Worker">Who asks.</param>
    public sealed record RequestLease(WorkerId Worker) : IWireMessage;

    /// <summary>Job → worker.</summary>
    /// <param name="Lease">What to train on.</param>
    /// <param name="IsRaced">Whether a gradient of it is to be abandoned when the step that it was begun for is closed:
    /// there are backup workers.</param>
    /// <param name="IsPaced">Whether others may have gone on while the worker waited for it: then it reads the
    /// parameters anew.</param>
    public sealed record Granted(Lease Lease, bool IsRaced = false, bool IsPaced = false) : IWireMessage;

    /// <summary>
    /// Job → worker: leave what has not been begun to others. Answered by <see cref="LeaseEnded"/> for each lease, as
    /// soon as what was begun of it is judged.
    /// </summary>
    public sealed record Recall : IWireMessage;

    /// <summary>Worker → job: a lease has ended; what is not undone has been judged by every shard.</summary>
    /// <param name="Worker">Who held it.</param>
    /// <param name="LeaseId">The lease.</param>
    /// <param name="Undone">Parts to be done by somebody else: those that were refused, and those that were not
    /// begun.</param>
    /// <param name="Refused">Why parts of it were refused.</param>
    /// <param name="Account">What was done.</param>
    public sealed record LeaseEnded(
        WorkerId Worker,
        long LeaseId,
        LeasePart[] Undone,
        RefusedPart[] Refused,
        LeaseAccount Account
    ) : IWireMessage;

    /// <summary>A part that a shard refused.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Refusal">What kind of refusal.</param>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record RefusedPart(LeasePart Part, Refusal Refusal, string Reason);

    /// <summary>What a lease came to.</summary>
    /// <param name="LossSum">Sum of the training loss over the samples applied.</param>
    /// <param name="Samples">Samples applied.</param>
    /// <param name="Trained">Samples that gradients were computed for, whatever became of them.</param>
    /// <param name="Pushes">Gradients that were judged.</param>
    /// <param name="Seconds">Time from the first gradient to the last answer.</param>
    public sealed record LeaseAccount(double LossSum, long Samples, long Trained, int Pushes, double Seconds);

    /// <summary>
    /// Worker → job: its device has too little memory for a micro-batch; it goes on with smaller ones.
    /// </summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Samples">Samples that were too many.</param>
    /// <param name="Most">Samples that it takes at once from now on.</param>
    /// <param name="Reason">The device's own words.</param>
    public sealed record OutOfMemory(WorkerId Worker, int Samples, int Most, string Reason) : IWireMessage;

    /// <summary>Worker → job: it takes no further part in this life. Its leases have been ended before.</summary>
    /// <param name="Worker">Who leaves.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Failed">Whether an error is the reason.</param>
    /// <param name="Returns">Whether its node is about to try again with a new engine.</param>
    public sealed record Withdrawn(WorkerId Worker, string Reason, bool Failed, bool Returns) : IWireMessage;

    /// <summary>Job → worker: evaluate the parameters as they were at an epoch's end. Answered by
    /// <see cref="Evaluated"/> or <see cref="EvaluationFailed"/>.</summary>
    /// <param name="Epoch">The epoch just completed.</param>
    public sealed record Evaluate(int Epoch) : IWireMessage;

    /// <summary>Worker → job.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Evaluation">What came out.</param>
    public sealed record Evaluated(int Epoch, Evaluation Evaluation) : IWireMessage;

    /// <summary>Worker → job: somebody else may try.</summary>
    /// <param name="Worker">Who could not.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Reason">Why it failed.</param>
    /// <param name="IsPast">Whether nobody else can: the epoch's weights are not kept any more.</param>
    public sealed record EvaluationFailed(WorkerId Worker, int Epoch, string Reason, bool IsPast = false)
        : IWireMessage;

    /// <summary>Job → worker node: the job is over; whatever works on it may go. Not answered.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Close(string JobId) : IWireMessage;

    /// <summary>
    /// Job → worker: the job is over; give back what is held. Answered by <see cref="LeaseEnded"/> where a lease is
    /// held, then <see cref="Withdrawn"/>.
    /// </summary>
    public sealed record EndJob : IWireMessage;
}

/// <summary>What a worker has found out about itself on the job's own model.</summary>
/// <param name="SamplesPerSecond">Its throughput; 0 where it could not be measured.</param>
/// <param name="MostSamples">Samples that its memory was seen to hold at once: the job's batch, or what it had to be
/// halved to.</param>
public sealed record Measurement(double SamplesPerSecond, int MostSamples);

/// <summary>Where a slice of the parameters is.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Shard">The shard that holds it.</param>
public sealed record ShardPlace(ShardSlice Slice, IActorRef Shard);
