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
internal sealed class SnapshotStore(
    string jobId,
    IActorRef client,
    WorkerReadiness readiness,
    JobHistory history,
    ActorSystem system,
    IActorRef self
)
{
    private readonly Dictionary<IActorRef, ServerProtocol.SnapshotStored> _stored = [];

    /// <summary>A server has stored a snapshot, or a part of it.</summary>
    public void Stored(IActorRef server, ServerProtocol.SnapshotStored stored) => _stored[server] = stored;

    /// <summary>Sends each server the snapshot, and what it lacks of the model and the history.</summary>
    public void Store(
        JobTrainingProtocol.SnapshotTaken taken,
        JobOptions job,
        Admission admission,
        ShardPlacementActor.Placed placed
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
            placed.Buffers,
            taken.Incarnations,
            taken.Paused,
            taken.Record
        );
        var model = new ModelSnapshot(admission.FirstNode, admission.First);
        foreach (var server in readiness.Servers)
        {
            var stored = _stored.GetValueOrDefault(server.Server!) ?? new ServerProtocol.SnapshotStored(false, 0);
            if (!stored.HasModel)
                server.Server!.TellInPages(system, new ServerProtocol.StoreModel(jobId, model), self);
            server.Server!.TellInPages(
                system,
                new ServerProtocol.StoreSnapshot(snapshot, history.PageFrom(stored.History)),
                self
            );
        }
    }
}
