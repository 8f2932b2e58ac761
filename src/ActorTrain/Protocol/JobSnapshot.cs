using ActorTrain.Engines;
using ActorTrain.Job;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>
/// What a coordinator stores on the job's servers every second and at every event, so that another can adopt the job:
/// all that the shards do not know themselves.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="Job">The job's options, with all changes since.</param>
/// <param name="Followers">The clients that follow it.</param>
/// <param name="Shards">Where the shards are.</param>
/// <param name="ShardNodes">The server node of each shard, in order.</param>
/// <param name="StandbyNodes">The nodes that hold copies of them.</param>
/// <param name="BuffersNode">The node of the buffers; empty for a model without any.</param>
/// <param name="Buffers">Where the model's buffers are combined; null for a model without any.</param>
/// <param name="Incarnations">The newest incarnation of a worker.</param>
/// <param name="Paused">Whether it is paused.</param>
/// <param name="IsCanceled">Whether it is being canceled.</param>
/// <param name="Record">The job's counts.</param>
/// <param name="Run">The id of the run, which its checkpoints have.</param>
/// <param name="Submission">Who submitted it, and when.</param>
internal sealed record JobSnapshot(
    string JobId,
    JobOptions Job,
    IActorRef[] Followers,
    ShardPlace[] Shards,
    string[] ShardNodes,
    string[] StandbyNodes,
    string BuffersNode,
    IActorRef? Buffers,
    long Incarnations,
    bool Paused,
    bool IsCanceled,
    RecordSnapshot Record,
    string Run,
    JobSubmission Submission
);

/// <summary>The model and data set of a job, stored on its servers once.</summary>
/// <param name="AdmittedBy">The node of the first worker, with which all others must agree.</param>
/// <param name="Admitted">The model, data set and device of that worker.</param>
internal sealed record ModelSnapshot(string AdmittedBy, WorkerProtocol.Prepared Admitted);

/// <summary>A job as it is stored on one of its servers.</summary>
/// <param name="Snapshot">The newest snapshot.</param>
/// <param name="Model">Its model and data set.</param>
/// <param name="History">Its epochs and events so far.</param>
internal sealed record StoredJob(JobSnapshot Snapshot, ModelSnapshot Model, HistoryEntry[] History);

/// <summary>The counts of a job that are neither in its shards nor in its history.</summary>
/// <param name="Seconds">Seconds since it was accepted.</param>
/// <param name="TrainingSeconds">Seconds since training began.</param>
/// <param name="Epochs">The epochs that are begun and not complete.</param>
/// <param name="Workers">The workers that took part.</param>
internal sealed record RecordSnapshot(
    double Seconds,
    double TrainingSeconds,
    EpochSnapshot[] Epochs,
    WorkerSnapshot[] Workers
);

/// <summary>An epoch that is not complete.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="LossSum">Sum of the training loss over its samples.</param>
/// <param name="Samples">Samples in the sum.</param>
internal sealed record EpochSnapshot(int Epoch, double LossSum, long Samples);

/// <summary>A worker.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Restarts">Restarts of the node since the job began.</param>
/// <param name="Host">The actor that hosts the node's workers; another one after a restart, and null where the node
/// was one of a cluster that is gone.</param>
/// <param name="Device">What it computes on.</param>
/// <param name="MostSamples">Samples that its memory holds at once.</param>
/// <param name="LeaseSamples">Samples that it trained on in leases that have ended.</param>
/// <param name="LeaseSeconds">Seconds that those took.</param>
/// <param name="Absence">Why it takes no part; null while it does.</param>
internal sealed record WorkerSnapshot(
    string Node,
    int Restarts,
    IActorRef? Host,
    DeviceDescription Device,
    int MostSamples,
    long LeaseSamples,
    double LeaseSeconds,
    string? Absence
);
