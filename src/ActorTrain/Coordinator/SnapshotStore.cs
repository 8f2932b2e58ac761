using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Stores a job's snapshots on its servers, so that another coordinator can adopt it.</summary>
/// <param name="jobId">The job.</param>
/// <param name="client">The client that follows it.</param>
/// <param name="readiness">The job's servers, and what its workers agree with.</param>
/// <param name="history">Its epochs and events.</param>
/// <param name="system">The actor system.</param>
/// <param name="self">The job's actor, which the servers answer.</param>
/// <param name="adopted">The snapshot that an adopted job goes on from; null for a new job.</param>
internal sealed class SnapshotStore(
    string jobId,
    IActorRef client,
    WorkerReadiness readiness,
    JobHistory history,
    ActorSystem system,
    IActorRef self,
    JobStart.Recovery? adopted
)
{
    private readonly Dictionary<IActorRef, ServerProtocol.SnapshotStored> _stored = [];
    private (JobSnapshot Snapshot, ModelSnapshot Model)? _newest = adopted is null
        ? null
        : (adopted.Snapshot, adopted.Model);

    /// <summary>The newest snapshot, with what belongs to it; null before the first.</summary>
    public StoredJob? Newest => _newest is var (snapshot, model) ? new(snapshot, model, [.. history.Entries]) : null;

    /// <summary>A server has stored a snapshot, or a part of it.</summary>
    public void Stored(IActorRef server, ServerProtocol.SnapshotStored stored) => _stored[server] = stored;

    /// <summary>Sends each server the snapshot, and what it lacks of the model and the history.</summary>
    public void Store(
        JobTrainingProtocol.SnapshotTaken taken,
        JobOptions job,
        Admission admission,
        ShardPlacementActor.Placed placed,
        IReadOnlyCollection<string> standbyNodes
    )
    {
        history.Update(taken.CompletedEpochs, taken.Events);
        var snapshot = new JobSnapshot(
            jobId,
            job with
            {
                Staleness = taken.Staleness,
                Consistency = taken.Consistency,
            },
            client,
            placed.Places,
            [.. placed.Shards.Select(shard => shard.Node)],
            [.. standbyNodes],
            placed.BuffersNode,
            placed.Buffers,
            taken.Incarnations,
            taken.Paused,
            taken.Record
        );
        var model = new ModelSnapshot(admission.FirstNode, admission.First);
        _newest = (snapshot, model);
        foreach (
            var server in snapshot
                .ShardNodes.Append(placed.BuffersNode)
                .Concat(standbyNodes)
                .Distinct()
                .Select(readiness.HostOf)
        )
        {
            if (server is null)
                continue;
            var stored = _stored.GetValueOrDefault(server) ?? new ServerProtocol.SnapshotStored(false, 0);
            if (!stored.HasModel)
                server.TellInPages(system, new ServerProtocol.StoreModel(jobId, model), self);
            server.TellInPages(
                system,
                new ServerProtocol.StoreSnapshot(snapshot, history.PageFrom(stored.History)),
                self
            );
        }
    }
}
