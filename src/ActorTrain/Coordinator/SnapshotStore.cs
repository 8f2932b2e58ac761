using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Stores a job's snapshots on its servers, so that another coordinator can adopt it.</summary>
/// <param name="start">What the job began with.</param>
/// <param name="followers">The clients that follow it.</param>
/// <param name="system">The actor system.</param>
/// <param name="self">The job's actor, which the servers answer.</param>
internal sealed class SnapshotStore(JobStart start, JobFollowers followers, ActorSystem system, IActorRef self)
{
    private readonly Dictionary<IActorRef, ServerProtocol.SnapshotStored> _stored = [];
    private (JobSnapshot Snapshot, ModelSnapshot Model)? _newest = start.Adopted is { } adopted
        ? (adopted.Snapshot, adopted.Model)
        : null;

    /// <summary>The newest snapshot, with what belongs to it; null before the first.</summary>
    public StoredJob? Newest =>
        _newest is var (snapshot, model) ? new(snapshot, model, [.. start.History.Entries]) : null;

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
        start.History.Update(taken.CompletedEpochs, taken.Events);
        var snapshot = new JobSnapshot(
            start.JobId,
            job with
            {
                Staleness = taken.Staleness,
                Consistency = taken.Consistency,
            },
            followers.Clients,
            placed.Places,
            [.. placed.Shards.Select(shard => shard.Node)],
            [.. standbyNodes],
            placed.BuffersNode,
            placed.Buffers,
            taken.Incarnations,
            taken.Paused,
            taken.IsCanceled,
            taken.Record,
            start.Run,
            start.Submission
        );
        var model = new ModelSnapshot(admission.FirstNode, admission.First);
        _newest = (snapshot, model);
        foreach (
            var server in snapshot
                .ShardNodes.Append(placed.BuffersNode)
                .Concat(standbyNodes)
                .Distinct()
                .Select(start.Readiness.HostOf)
        )
        {
            if (server is null)
                continue;
            var stored = _stored.GetValueOrDefault(server) ?? new ServerProtocol.SnapshotStored(false, 0);
            if (!stored.HasModel)
                server.TellInPages(system, new ServerProtocol.StoreModel(start.JobId, model), self);
            server.TellInPages(
                system,
                new ServerProtocol.StoreSnapshot(snapshot, start.History.PageFrom(stored.History)),
                self
            );
        }
    }
}
