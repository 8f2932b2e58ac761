using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>Job and server node: open and close shards, store snapshots.</summary>
internal static class ServerProtocol
{
    /// <summary>Job → server. Answered by <see cref="ShardOpened"/> or <see cref="ShardRefused"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Slice">The slice to hold.</param>
    /// <param name="Shards">Shards of the job in all.</param>
    /// <param name="Job">Optimizer, schedule and consistency.</param>
    /// <param name="TrainSamples">Training samples, the unit of the schedule.</param>
    /// <param name="Owner">The job's actor: if it terminates, and no other adopts the job, the shard is closed.</param>
    /// <param name="Generation">How often shards of the job were restored before.</param>
    /// <param name="Snapshot">The snapshot held here that it goes on from; null for a new shard.</param>
    public sealed record OpenShard(
        string JobId,
        ShardSlice Slice,
        int Shards,
        JobOptions Job,
        int TrainSamples,
        IActorRef Owner,
        int Generation = 0,
        long? Snapshot = null
    ) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Slice">The slice held.</param>
    /// <param name="Shard">The shard.</param>
    /// <param name="Generation">That of the request.</param>
    public sealed record ShardOpened(string JobId, ShardSlice Slice, IActorRef Shard, int Generation = 0)
        : IWireMessage;

    /// <summary>Server → job: the shard cannot be opened.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Slice">The slice.</param>
    /// <param name="Reason">Why, as a clause.</param>
    /// <param name="Generation">That of the request.</param>
    public sealed record ShardRefused(string JobId, ShardSlice Slice, string Reason, int Generation = 0) : IWireMessage;

    /// <summary>Server → job: a shard, or the buffers, have failed and stop.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Index">The shard's number, from 0, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="Reason">Why, as a clause.</param>
    public sealed record ShardFailed(string JobId, int Index, string Reason) : IWireMessage;

    /// <summary>Job → server. Answered by <see cref="BuffersOpened"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Sections">The layout of the buffers: one section for each element type.</param>
    /// <param name="Job">The job's options, which name the epochs that are evaluated.</param>
    /// <param name="Owner">The job's actor: if it terminates, and no other adopts the job, the buffers are
    /// closed.</param>
    /// <param name="Generation">How often shards of the job were restored before.</param>
    /// <param name="Snapshot">The snapshot held here that they go on from; null for new buffers.</param>
    public sealed record OpenBuffers(
        string JobId,
        TypedRange[] Sections,
        JobOptions Job,
        IActorRef Owner,
        int Generation = 0,
        long? Snapshot = null
    ) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Buffers">The actor that combines the buffers.</param>
    /// <param name="Generation">That of the request.</param>
    public sealed record BuffersOpened(string JobId, IActorRef Buffers, int Generation = 0) : IWireMessage;

    /// <summary>Job → server: hold copies of a shard, or of the buffers. Answered by
    /// <see cref="StandbyOpened"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="Length">Floats of a vector.</param>
    /// <param name="Owner">The job's actor.</param>
    public sealed record OpenStandby(string JobId, int Shard, int Length, IActorRef Owner) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="Standby">The standby.</param>
    public sealed record StandbyOpened(string JobId, int Shard, IActorRef Standby) : IWireMessage;

    /// <summary>Server → job: a standby has failed and stops.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Standby">The standby.</param>
    public sealed record StandbyFailed(string JobId, IActorRef Standby) : IWireMessage;

    /// <summary>Job → server, when every shard has a copy: close all other standbys, and forget the job where nothing
    /// of it is left. Not answered; safe to send again.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Standbys">The job's standbys, on any server.</param>
    public sealed record CloseOtherStandbys(string JobId, IActorRef[] Standbys) : IWireMessage;

    /// <summary>Job of another coordinator, or one that has lost a shard → server: what of it do you have? Answered by
    /// <see cref="Held"/>.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record GetHeld(string JobId) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Shards">Its shards here, and its buffers.</param>
    /// <param name="Snapshots">The snapshots that its standbys and shards here hold.</param>
    public sealed record Held(string JobId, HeldShard[] Shards, HeldSnapshot[] Snapshots) : IWireMessage;

    /// <summary>A shard, or the buffers, of a job.</summary>
    /// <param name="Shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="Generation">How often shards of the job had been restored when it was opened.</param>
    /// <param name="Actor">The shard.</param>
    public sealed record HeldShard(int Shard, int Generation, IActorRef Actor);

    /// <summary>A snapshot that a standby holds.</summary>
    /// <param name="Shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="Number">The snapshot's number.</param>
    /// <param name="Version">The shard's version; 0 for buffers.</param>
    /// <param name="CompleteEpochs">Epochs of which it has every sample; 0 for buffers.</param>
    /// <param name="Applied">Ranges of the epochs after those that it has.</param>
    public sealed record HeldSnapshot(int Shard, long Number, long Version, int CompleteEpochs, SampleRange[] Applied);

    /// <summary>Job → server, every second and at every event: what another coordinator needs to adopt the job.
    /// Answered by <see cref="SnapshotStored"/>.</summary>
    /// <param name="Snapshot">The newest; it replaces the one before.</param>
    /// <param name="History">Entries of the history that are not acknowledged yet, as many as fit a page.</param>
    public sealed record StoreSnapshot(JobSnapshot Snapshot, HistoryPage History) : IWireMessage;

    /// <summary>
    /// Job → server, until it is acknowledged: what is trained. Answered by <see cref="SnapshotStored"/>.
    /// </summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Model">Its model and data set.</param>
    public sealed record StoreModel(string JobId, ModelSnapshot Model) : IWireMessage;

    /// <summary>Server → job: what the server has stored.</summary>
    /// <param name="HasModel">Whether it has the model and data set.</param>
    /// <param name="History">Entries of the history that it has.</param>
    public sealed record SnapshotStored(bool HasModel, int History) : IWireMessage;

    /// <summary>Coordinator → server: which jobs are stored? Answered by <see cref="StoredJobs"/>.</summary>
    public sealed record GetStoredJobs : IWireMessage;

    /// <summary>Server → coordinator.</summary>
    /// <param name="Jobs">The jobs that have shards or copies on the server.</param>
    public sealed record StoredJobs(StoredJob[] Jobs) : IWireMessage;

    /// <summary>Job of another coordinator → server: the sender has adopted the job. Not answered.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Shards">The shards and buffers that it goes on with, on any server; others are closed.</param>
    public sealed record Adopt(string JobId, IActorRef[] Shards) : IWireMessage;

    /// <summary>Job → server: the job has ended; close its shards and buffers. Not answered.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Close(string JobId) : IWireMessage;
}
