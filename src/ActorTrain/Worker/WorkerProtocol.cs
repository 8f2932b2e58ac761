using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>Coordinator's job and worker: join, train, evaluate, leave.</summary>
public static class WorkerProtocol
{
    /// <summary>Version of the protocol; two nodes work together only if theirs are the same.</summary>
    public const int Version = 1;

    /// <summary>Job → worker node: make ready. Answered by <see cref="Prepared"/> or <see cref="CannotPrepare"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Job">What to train.</param>
    public sealed record Prepare(string JobId, JobOptions Job) : IWireMessage;

    /// <summary>Worker → job: the engine is loaded; this is what it is. Answered by <see cref="Start"/>, <see cref="Initialize"/> or <see cref="Refuse"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="ProtocolVersion">The worker's <see cref="Version"/>.</param>
    /// <param name="Model">The model as its engine built it.</param>
    /// <param name="Dataset">The data set as it found it.</param>
    /// <param name="Device">What it computes on.</param>
    public sealed record Prepared(
        string JobId, int ProtocolVersion, ModelDescription Model, DatasetDescription Dataset, DeviceDescription Device) : IWireMessage;

    /// <summary>Worker → job: the engine cannot be loaded here.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record CannotPrepare(string JobId, string Reason) : IWireMessage;

    /// <summary>Job → worker: it does not fit the job, and takes no part in it.</summary>
    /// <param name="Reason">The first difference, with both sides named.</param>
    public sealed record Refuse(string Reason) : IWireMessage;

    /// <summary>Job → first worker: give the shards their starting weights. Answered by <see cref="ShardsInitialized"/>.</summary>
    /// <param name="Shards">Where the shards are.</param>
    public sealed record Initialize(ShardPlace[] Shards) : IWireMessage;

    /// <summary>First worker → job: every shard has weights.</summary>
    public sealed record ShardsInitialized : IWireMessage;

    /// <summary>Job → worker: train. The worker pulls the parameters and asks the sender for leases.</summary>
    /// <param name="Worker">Its name and incarnation in this job.</param>
    /// <param name="Shards">Where the shards are.</param>
    /// <param name="ModelState">Where the model's state is combined; null for a model without any.</param>
    public sealed record Start(WorkerId Worker, ShardPlace[] Shards, IActorRef? ModelState) : IWireMessage;

    /// <summary>Worker → job. Answered by <see cref="Granted"/>, at once or when there is something to do again.</summary>
    /// <param name="Worker">Who asks.</param>
    public sealed record RequestLease(WorkerId Worker) : IWireMessage;

    /// <summary>Job → worker.</summary>
    /// <param name="Lease">What to train on.</param>
    public sealed record Granted(Lease Lease) : IWireMessage;

    /// <summary>Worker → job: a lease has ended; what is not undone has been judged by every shard.</summary>
    /// <param name="Worker">Who held it.</param>
    /// <param name="LeaseId">The lease.</param>
    /// <param name="Undone">Parts to be done by somebody else.</param>
    /// <param name="LossSum">Sum of the training loss over the samples done.</param>
    /// <param name="Samples">Samples done.</param>
    /// <param name="Seconds">Time from the first gradient to the last answer.</param>
    public sealed record LeaseEnded(WorkerId Worker, long LeaseId, LeasePart[] Undone, double LossSum, long Samples, double Seconds) : IWireMessage;

    /// <summary>Worker → job: it takes no further part. Its leases have been ended before.</summary>
    /// <param name="Worker">Who leaves.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Failed">Whether an error is the reason.</param>
    public sealed record Withdrawn(WorkerId Worker, string Reason, bool Failed) : IWireMessage;

    /// <summary>Job → worker: evaluate the parameters as they are now. Answered by <see cref="Evaluated"/> or <see cref="EvaluationFailed"/>.</summary>
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
    public sealed record EvaluationFailed(WorkerId Worker, int Epoch, string Reason) : IWireMessage;

    /// <summary>Job → worker: the job is over; give back what is held. Answered by <see cref="LeaseEnded"/> where a lease is held, then <see cref="Withdrawn"/>.</summary>
    public sealed record EndJob : IWireMessage;
}

/// <summary>Where a slice of the parameters is.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Shard">The shard that holds it.</param>
public sealed record ShardPlace(ShardSlice Slice, IActorRef Shard);
