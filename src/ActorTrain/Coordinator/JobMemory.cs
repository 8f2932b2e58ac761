using ActorTrain.Job;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// What a coordinator tells the server nodes of its job every second and at every event, so that another can go on with
/// it: all that the shards do not know themselves.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="Job">What is trained, with what was changed since.</param>
/// <param name="Client">Who follows it.</param>
/// <param name="Shards">Where the shards are.</param>
/// <param name="ShardNodes">The server node of each shard, in order.</param>
/// <param name="ModelState">Where the model's state is combined; null for a model without any.</param>
/// <param name="Incarnations">Lives that workers have begun so far.</param>
/// <param name="Paused">Whether it is paused.</param>
/// <param name="Record">What was counted.</param>
public sealed record JobMemory(
    string JobId,
    JobOptions Job,
    IActorRef Client,
    ShardPlace[] Shards,
    string[] ShardNodes,
    IActorRef? ModelState,
    long Incarnations,
    bool Paused,
    RecordMemory Record
);

/// <summary>What a job trains, told to its servers once.</summary>
/// <param name="AdmittedBy">The node of the first worker, with which all others must agree.</param>
/// <param name="Admitted">What that worker said of itself.</param>
public sealed record ModelMemory(string AdmittedBy, WorkerProtocol.Prepared Admitted);

/// <summary>A job as one of its servers remembers it.</summary>
/// <param name="Memory">The newest memory.</param>
/// <param name="Model">What it trains.</param>
/// <param name="History">Its epochs and events so far.</param>
public sealed record RecalledJob(JobMemory Memory, ModelMemory Model, HistoryEntry[] History);

/// <summary>What was counted about a job, beside what its shards count and its history tells.</summary>
/// <param name="Seconds">Seconds since it was accepted.</param>
/// <param name="TrainingSeconds">Seconds since training began.</param>
/// <param name="Epochs">One an epoch that is begun and not complete.</param>
/// <param name="Workers">One a worker that took part.</param>
public sealed record RecordMemory(double Seconds, double TrainingSeconds, EpochMemory[] Epochs, WorkerMemory[] Workers);

/// <summary>One epoch that is not complete.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="LossSum">Sum of the training loss over its samples.</param>
/// <param name="Samples">Samples behind the sum.</param>
public sealed record EpochMemory(int Epoch, double LossSum, long Samples);

/// <summary>One worker.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Restarts">How often the node was started again since the job began.</param>
/// <param name="Host">Where the node hosts its workers; another one where the node was started again.</param>
/// <param name="Device">What it computes on.</param>
/// <param name="MostSamples">Samples that its memory holds at once.</param>
/// <param name="LeaseSamples">Samples that it trained on in leases that have ended.</param>
/// <param name="LeaseSeconds">Seconds that those took it.</param>
/// <param name="Absence">Why it takes no part; null while it does.</param>
public sealed record WorkerMemory(
    string Node,
    int Restarts,
    IActorRef Host,
    DeviceDescription Device,
    int MostSamples,
    long LeaseSamples,
    double LeaseSeconds,
    string? Absence
);
