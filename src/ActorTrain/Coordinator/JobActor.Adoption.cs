using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>How a job is stored on its servers for another coordinator, and how that one adopts it.</summary>
internal sealed partial class JobActor
{
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(20);

    private readonly Dictionary<IActorRef, ServerProtocol.SnapshotStored> _stored = [];
    private bool _isCancelRequested;

    private sealed record ServersTimedOut;

    public JobActor(StoredJob stored, CoordinatorContext context)
    {
        var snapshot = stored.Snapshot;
        (_jobId, _job, _client, _context) = (snapshot.JobId, snapshot.Job, snapshot.Client, context);
        _readiness = new WorkerReadiness(snapshot.Job.MinimumWorkers);
        var admission = new Admission(stored.Model.AdmittedBy, stored.Model.Admitted);
        _history.Add(new HistoryPage(0, stored.History, stored.History.Length));
        _readiness.Adopt(admission);
        _placed = new ShardPlacementActor.Placed(
            [.. snapshot.Shards.Zip(snapshot.ShardNodes, (place, node) => new PlacedShard(place, node))],
            snapshot.Buffers
        );
        _record = JobRecord.Adopt(snapshot.Job, admission, snapshot.Record, _history, _placed.Shards, Now);
        WaitingForServers(new JobTrainingProtocol.Adopted(snapshot.Incarnations, snapshot.Paused));
    }

    /// <summary>An adopted job goes on when all its servers have enrolled.</summary>
    private void WaitingForServers(JobTrainingProtocol.Adopted adopted)
    {
        _hasTrained = true;
        Timers.StartSingleTimer(nameof(ServersTimedOut), new ServersTimedOut(), ServerTimeout);
        ReceiveNodes(BeginIfServersAreComplete);
        Receive<Tick>(_ => SettleWorkers());
        // The client still gets the weights that the shards hold, so the job is canceled after it has been adopted.
        Receive<ClientProtocol.Cancel>(_ => _isCancelRequested = true);
        Receive<ClientProtocol.CancelJob>(_ =>
        {
            _isCancelRequested = true;
            Sender.Tell(new ClientProtocol.Canceling());
        });
        Receive<ServersTimedOut>(_ =>
            Fail($"the server node {MissingServers.First()} is lost, and its shards with it")
        );
        ReceiveBeforeTraining();
        BeginIfServersAreComplete();

        void BeginIfServersAreComplete()
        {
            if (MissingServers.Any())
                return;
            Timers.Cancel(nameof(ServersTimedOut));
            foreach (var server in _readiness.Servers)
                server.Server!.Tell(new ServerProtocol.Adopt(_jobId));
            foreach (var shard in _placed!.Shards)
                Context.Watch(shard.Place.Shard);
            _client.Tell(new ClientProtocol.Adopted(_jobId));
            Become(() => Training(adopted));
        }
    }

    private IEnumerable<string> MissingServers =>
        _placed!.Shards.Select(shard => shard.Node).Except(_readiness.Servers.Select(server => server.Node));

    /// <summary>Whether another coordinator could adopt the job if this node were lost.</summary>
    private bool CanMove =>
        _placed is not null
        && _readiness.Coordinators.Any(node => node != _context.Node)
        && _placed.Shards.All(shard => shard.Node != _context.Node);

    private void StoreSnapshot(JobTrainingProtocol.SnapshotTaken taken)
    {
        _history.Update(taken.CompletedEpochs, taken.Events);
        var snapshot = new JobSnapshot(
            _jobId,
            _job with
            {
                Staleness = taken.Staleness,
                Consistency = taken.Consistency,
            },
            _client,
            _placed!.Places,
            [.. _placed.Shards.Select(shard => shard.Node)],
            _placed.Buffers,
            taken.Incarnations,
            taken.Paused,
            taken.Record
        );
        var model = new ModelSnapshot(_readiness.Admission!.FirstNode, _readiness.Admission.First);
        foreach (var server in _readiness.Servers)
        {
            var stored = _stored.GetValueOrDefault(server.Server!) ?? new ServerProtocol.SnapshotStored(false, 0);
            if (!stored.HasModel)
                server.Server!.TellInPages(Context.System, new ServerProtocol.StoreModel(_jobId, model), Self);
            server.Server!.TellInPages(
                Context.System,
                new ServerProtocol.StoreSnapshot(snapshot, _history.PageFrom(stored.History)),
                Self
            );
        }
    }
}
