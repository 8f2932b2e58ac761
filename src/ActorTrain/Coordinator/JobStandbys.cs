using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The standbys of a job: one for each shard and for the buffers, on another node where there is
/// one.</summary>
/// <param name="jobId">The job.</param>
/// <param name="job">Its options: a node that lacks one of its algorithms holds no copies.</param>
/// <param name="readiness">The nodes that may hold copies.</param>
/// <param name="training">Has the shards copied.</param>
/// <param name="areWanted">Whether copies are kept at all.</param>
/// <param name="self">The job's actor.</param>
internal sealed class JobStandbys(
    string jobId,
    JobOptions job,
    WorkerReadiness readiness,
    JobTraining training,
    bool areWanted,
    IActorRef self
)
{
    // An answer may be lost; opening a standby again changes nothing.
    private readonly Dictionary<int, (string Node, IActorRef? Actor)> _standbys = [];
    private IReadOnlyDictionary<int, IActorRef> _copied = new Dictionary<int, IActorRef>();
    private readonly HashSet<string> _excluded = [];
    private bool _areOthersClosed;

    /// <summary>The nodes that hold copies.</summary>
    public IReadOnlyCollection<string> Nodes => [.. _standbys.Values.Select(standby => standby.Node).Distinct()];

    private bool Covers(int shard) =>
        _standbys.TryGetValue(shard, out var standby)
        && standby.Actor is { } actor
        && actor.Equals(_copied.GetValueOrDefault(shard));

    /// <summary>
    /// Some standbys have copies that their shards can be restored from. When all have, those of other nodes are
    /// closed: they are of the time before a shard was restored, or before its standby was another.
    /// </summary>
    /// <param name="copied">The standbys that have one, by shard.</param>
    public void CopiedTo(IReadOnlyDictionary<int, IActorRef> copied)
    {
        _copied = copied;
        if (_areOthersClosed || _standbys.Count == 0 || !_standbys.Keys.All(Covers))
            return;
        _areOthersClosed = true;
        IActorRef[] standbys = [.. _standbys.Values.Select(standby => standby.Actor!)];
        foreach (var host in readiness.Hosts)
            host.Server!.Tell(new ServerProtocol.CloseOtherStandbys(jobId, standbys), self);
    }

    /// <summary>Opens standbys where they are missing.</summary>
    public void Place(ShardPlacementActor.Placed placed, Admission admission)
    {
        if (!areWanted)
            return;
        foreach (var shard in placed.Shards)
            Place(shard.Place.Slice.Index, shard.Node, shard.Place.Slice.Length, placed);
        if (placed.Buffers is not null)
            Place(StandbyProtocol.Buffers, placed.BuffersNode, admission.Model.Buffers.Length, placed);
    }

    public void Opened(ServerProtocol.StandbyOpened opened)
    {
        if (!_standbys.TryGetValue(opened.Shard, out var standby) || opened.Standby.Equals(standby.Actor))
            return;
        _standbys[opened.Shard] = (standby.Node, opened.Standby);
        _areOthersClosed = false;
        TellTraining();
    }

    /// <summary>A node is lost, and its standbys with it.</summary>
    public void Lost(string node)
    {
        _excluded.Remove(node);
        Remove(standby => standby.Node == node);
    }

    /// <summary>
    /// A node is to leave. The copies that it holds go to another; what else it has is handed over, where there is a
    /// node that can go on with it.
    /// </summary>
    /// <param name="leaving">The node.</param>
    /// <param name="node">The actor that asks.</param>
    /// <param name="placed">Where the shards are.</param>
    /// <param name="admission">The model.</param>
    public void Leave(
        NodeProtocol.Leaving leaving,
        IActorRef node,
        ShardPlacementActor.Placed placed,
        Admission admission
    )
    {
        _excluded.Add(leaving.Node);
        Remove(standby => standby.Node == leaving.Node);
        Place(placed, admission);
        var (isCoordinator, hasShards) = (node.Path.Address.HasLocalScope, placed.Nodes.Contains(leaving.Node));
        var canMove = !isCoordinator || readiness.IsCoordinatedWithout(leaving.Node);
        var canBeHeld = !hasShards || (areWanted && Candidates(placed).Any());
        if ((isCoordinator || hasShards) && canMove && canBeHeld)
            training.Forward(leaving);
        else
            node.Tell(new NodeProtocol.MayLeave());
    }

    /// <summary>A standby has failed: its node holds no more copies of the job.</summary>
    public void Failed(IActorRef standby, string node)
    {
        _excluded.Add(node);
        Remove(failed => standby.Equals(failed.Actor));
    }

    private void Remove(Func<(string Node, IActorRef? Actor), bool> which)
    {
        var removed = _standbys.Where(standby => which(standby.Value)).Select(standby => standby.Key).ToList();
        removed.ForEach(shard => _standbys.Remove(shard));
        if (removed.Count > 0)
            TellTraining();
    }

    private void Place(int shard, string node, int length, ShardPlacementActor.Placed placed)
    {
        if (_standbys.TryGetValue(shard, out var standby))
        {
            if (standby.Actor is not null)
                return;
        }
        else if (StandbyPlacement.Choose(node, Candidates(placed)) is { } chosen)
            _standbys[shard] = standby = (chosen, null);
        else
            return;
        readiness.HostOf(standby.Node)?.Tell(new ServerProtocol.OpenStandby(jobId, shard, length, self), self);
    }

    private IEnumerable<StandbyPlacement.Candidate> Candidates(ShardPlacementActor.Placed placed) =>
        readiness
            .Hosts.Where(host => !_excluded.Contains(host.Node) && AlgorithmChecks.LackOf(job, [host]) is null)
            .Select(host =>
            {
                var shards = placed.Shards.Where(shard => shard.Node == host.Node).Select(shard => shard.Place.Slice);
                var copies = placed.Shards.Where(shard =>
                    _standbys.TryGetValue(shard.Place.Slice.Index, out var standby) && standby.Node == host.Node
                );
                var floats = shards.Concat(copies.Select(shard => shard.Place.Slice)).Sum(slice => (long)slice.Length);
                return new StandbyPlacement.Candidate(host.Node, host.MemoryBytes - sizeof(float) * floats);
            });

    private void TellTraining() =>
        training.Tell(
            new JobTrainingProtocol.StandbysPlaced(
                _standbys
                    .Where(standby => standby.Value.Actor is not null)
                    .ToDictionary(standby => standby.Key, standby => standby.Value.Actor!)
            )
        );
}
