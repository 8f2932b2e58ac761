using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>What a server node hosts of a job: shards, buffers, standbys, and the job's snapshot.</summary>
/// <param name="owner">The job's actor.</param>
/// <param name="node">The server node's actor, which is the parent.</param>
/// <param name="lane">The tensor lane.</param>
/// <param name="algorithms">The staleness policies and optimizers that there are.</param>
internal sealed class HostedJob(IActorRef owner, IActorContext node, ITensorLane lane, Algorithms algorithms)
{
    private readonly List<Child> _shards = [];
    private readonly List<Child> _standbys = [];
    private IActorRef? _checkpoint;

    /// <summary>A shard, the buffers, or a standby of one of these.</summary>
    /// <param name="Shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="Generation">How often shards of the job had been restored when it was opened.</param>
    /// <param name="Actor">Its actor.</param>
    /// <param name="Admission">Lets it receive tensors.</param>
    private sealed record Child(int Shard, int Generation, IActorRef Actor, IDisposable Admission)
    {
        /// <summary>The snapshots that it holds.</summary>
        public IReadOnlyList<StandbyActor.Copy> Snapshots { get; set; } = [];
    }

    public IActorRef Owner { get; set; } = owner;

    public JobSnapshot? Snapshot { get; set; }

    public ModelSnapshot? Model { get; set; }

    public JobHistory History { get; set; } = new();

    public ServerProtocol.SnapshotStored SnapshotStored => new(Model is not null, History.Count);

    /// <summary>The job, for another coordinator; null while parts of it are missing.</summary>
    public StoredJob? StoredJob =>
        Snapshot is null || Model is null ? null : new StoredJob(Snapshot, Model, [.. History.Entries]);

    /// <summary>Opens a shard.</summary>
    /// <param name="open">The request.</param>
    /// <param name="snapshot">What it goes on from; null for a new one. The caller releases it.</param>
    /// <returns>The answer.</returns>
    public IWireMessage Open(ServerProtocol.OpenShard open, ShardSnapshot? snapshot = null)
    {
        if (Find(open.Slice.Index, open.Generation, snapshot is not null) is { } known)
            return new ServerProtocol.ShardOpened(open.JobId, open.Slice, known, open.Generation);
        ShardState? shard = null;
        try
        {
            shard = new ShardState(
                open.Slice.Index,
                open.Slice.Length,
                open.TrainSamples,
                open.Job,
                lane.Memory,
                isOnly: open.Shards == 1,
                algorithms
            );
            if (snapshot is not null)
                shard.Restore(snapshot);
        }
        // This node may lack an algorithm that another has added, or it throws.
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            shard?.Release();
            return new ServerProtocol.ShardRefused(open.JobId, open.Slice, failure.AsReason(), open.Generation);
        }
        var props = ParameterShardActor.Props(shard, lane, open.Job.TransferDType, isRestored: snapshot is not null);
        var actor = Host(open.Slice.Index, open.Generation, open.Slice.Length, props);
        return new ServerProtocol.ShardOpened(open.JobId, open.Slice, actor, open.Generation);
    }

    /// <summary>A shard cannot be restored.</summary>
    public static ServerProtocol.ShardRefused Refused(ServerProtocol.OpenShard open) =>
        new(open.JobId, open.Slice, "it does not hold the snapshot any more", open.Generation);

    /// <summary>Opens buffers.</summary>
    /// <param name="open">The request.</param>
    /// <param name="snapshot">What they go on from; null for new ones.</param>
    /// <param name="vectors">Its vectors.</param>
    /// <returns>The answer.</returns>
    public IWireMessage Open(
        ServerProtocol.OpenBuffers open,
        BuffersRecord? snapshot = null,
        IReadOnlyList<TensorSlice>? vectors = null
    )
    {
        if (Find(StandbyProtocol.Buffers, open.Generation, open.Generation > 0) is { } known)
            return new ServerProtocol.BuffersOpened(open.JobId, known, open.Generation);
        var state = new CombinedBuffers(open.Sections, open.Job.IsEvaluatedAfter);
        if (snapshot is not null)
            state.Restore(snapshot, vectors!);
        var props = BuffersActor.Props(state, lane);
        var actor = Host(StandbyProtocol.Buffers, open.Generation, state.Length, props);
        return new ServerProtocol.BuffersOpened(open.JobId, actor, open.Generation);
    }

    /// <summary>Opens a shard or buffers from a snapshot.</summary>
    /// <param name="open">The request.</param>
    /// <param name="record">All of the snapshot but its vectors; null where the standby does not hold it.</param>
    /// <param name="vectors">Its vectors; the caller releases them.</param>
    /// <returns>The answer.</returns>
    public IWireMessage Restore(object open, SnapshotRecord? record, IReadOnlyList<TensorSlice> vectors) =>
        (open, record) switch
        {
            (ServerProtocol.OpenShard shard, { Shard: { } state }) => Open(shard, new ShardSnapshot(state, vectors)),
            (ServerProtocol.OpenShard shard, _) => Refused(shard),
            (ServerProtocol.OpenBuffers buffers, _) => Open(buffers, record?.Buffers, vectors),
            _ => throw new ArgumentOutOfRangeException(nameof(open), open, "No request to open anything."),
        };

    /// <summary>Opens a standby, unless it is open.</summary>
    /// <returns>The answer.</returns>
    public IWireMessage Open(ServerProtocol.OpenStandby open)
    {
        var standby = _standbys.Find(standby => standby.Shard == open.Shard);
        if (standby is null)
        {
            var actor = node.ActorOf(StandbyActor.Props(open.Length, lane.Memory));
            standby = new Child(open.Shard, 0, actor, lane.Admit(actor, HeldSnapshots.ChunkLengths(open.Length)));
            _standbys.Add(standby);
        }
        return new ServerProtocol.StandbyOpened(open.JobId, open.Shard, standby.Actor);
    }

    /// <summary>Begins a checkpoint, in place of one that was begun before.</summary>
    public void Begin(CheckpointActor.Open open)
    {
        CloseCheckpoint();
        _checkpoint = node.ActorOf(CheckpointActor.Props(open, Owner, lane));
    }

    /// <summary>The actor that holds a snapshot; null where none does.</summary>
    /// <param name="shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="number">The snapshot's number.</param>
    public IActorRef? HolderOf(int shard, long number) =>
        _standbys
            .Concat(_shards)
            .FirstOrDefault(child => child.Shard == shard && child.Snapshots.Any(held => held.Number == number))
            ?.Actor;

    /// <summary>An actor of the job holds these snapshots now; others are ignored.</summary>
    public void Holds(IActorRef actor, IReadOnlyList<StandbyActor.Copy> snapshots)
    {
        if (_standbys.Concat(_shards).FirstOrDefault(child => child.Actor.Equals(actor)) is { } holder)
            holder.Snapshots = snapshots;
    }

    /// <summary>What the job has here.</summary>
    public ServerProtocol.Held Describe(string jobId) =>
        new(
            jobId,
            [.. _shards.Select(shard => new ServerProtocol.HeldShard(shard.Shard, shard.Generation, shard.Actor))],
            [
                .. _standbys
                    .Concat(_shards)
                    .SelectMany(child => child.Snapshots.Select(held => Describe(child.Shard, held))),
            ]
        );

    /// <summary>Stops the shards and buffers that the job does not go on with.</summary>
    public void CloseAllBut(IReadOnlyCollection<IActorRef> kept) =>
        Close(_shards, shard => !kept.Contains(shard.Actor));

    /// <summary>Stops all standbys but some.</summary>
    /// <returns>Whether something of the job is left.</returns>
    public bool CloseStandbysBut(IReadOnlyCollection<IActorRef> kept)
    {
        Close(_standbys, standby => !kept.Contains(standby.Actor));
        return _shards.Count + _standbys.Count > 0 || _checkpoint is not null;
    }

    /// <summary>An actor has failed and stops.</summary>
    /// <returns>What the job's actor is told; null where it is none of these.</returns>
    public object? Failed(string jobId, IActorRef actor, Exception failure)
    {
        var shard = _shards.Find(child => child.Actor.Equals(actor));
        var isStandby = _standbys.Exists(child => child.Actor.Equals(actor));
        Close(_shards, child => child.Actor.Equals(actor));
        Close(_standbys, child => child.Actor.Equals(actor));
        return actor.Equals(_checkpoint) ? new CheckpointActor.Failed(failure.AsReason())
            : shard is not null ? new ServerProtocol.ShardFailed(jobId, shard.Shard, failure.AsReason())
            : isStandby ? new ServerProtocol.StandbyFailed(jobId, actor)
            : null;
    }

    /// <summary>Stops all.</summary>
    public void Close()
    {
        Close(_shards, _ => true);
        Close(_standbys, _ => true);
        CloseCheckpoint();
    }

    private void CloseCheckpoint()
    {
        if (_checkpoint is { } open)
            node.Stop(open);
        _checkpoint = null;
    }

    private void Close(List<Child> children, Func<Child, bool> which)
    {
        foreach (var child in children.Where(which).ToList())
        {
            children.Remove(child);
            child.Admission.Dispose();
            node.Stop(child.Actor);
        }
    }

    // A request may be repeated while its answer is under way.
    private IActorRef? Find(int shard, int generation, bool isRestored) =>
        isRestored ? _shards.Find(child => (child.Shard, child.Generation) == (shard, generation))?.Actor : null;

    // Admitted before any node knows the actor: a tensor that arrived earlier would be lost.
    private IActorRef Host(int shard, int generation, int length, Props props)
    {
        var actor = node.ActorOf(props);
        _shards.Add(new Child(shard, generation, actor, lane.Admit(actor, new HashSet<int> { length })));
        return actor;
    }

    private static ServerProtocol.HeldSnapshot Describe(int shard, StandbyActor.Copy held) =>
        held.Record.Shard?.Counts is { } counts
            ? new(shard, held.Number, counts.Version, counts.CompleteEpochs, counts.Applied)
            : new(shard, held.Number, 0, 0, []);
}
