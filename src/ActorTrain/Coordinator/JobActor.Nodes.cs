using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>In every phase nodes join and are lost, and workers are admitted or refused.</summary>
internal sealed partial class JobActor
{
    private const string TakesNoPart = "it takes no part in the job";

    /// <param name="changed">Called after every change of nodes or workers.</param>
    private void ReceiveNodes(Action changed)
    {
        Receive<NodeProtocol.NodeJoined>(joined =>
        {
            _readiness.Joined(joined, Now);
            joined.Node.Worker?.Tell(new WorkerProtocol.Prepare(_jobId, _job));
            SettleWorkers();
            changed();
        });
        Receive<WorkerProtocol.Prepared>(prepared =>
        {
            _readiness.Prepared(_context.NodeOf(Sender), Sender, prepared, Now);
            SettleWorkers();
            changed();
        });
        Receive<WorkerProtocol.LaneChecked>(check =>
        {
            var node = _context.NodeOf(Sender);
            if (_readiness.LaneChecked(node, check.Trouble))
                Raise(new EventDraft(LaneBroken, node, check.Trouble!, "it takes part as soon as the lane works"));
            changed();
        });
        Receive<WorkerProtocol.CannotPrepare>(failure =>
        {
            var node = _context.NodeOf(Sender);
            _readiness.Failed(node, failure.Reason);
            Raise(new EventDraft(WorkerRefused, node, failure.Reason, TakesNoPart));
            _training?.Tell(new JobTrainingProtocol.CannotReturn(node, failure.Reason));
            changed();
        });
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            _readiness.Lost(lost.Node);
            if (_placed?.Shards.FirstOrDefault(shard => shard.Node == lost.Node) is { } gone)
            {
                Fail(
                    $"the server node {gone.Node} is lost ({lost.Reason.AsClause()}), and the weights of shard "
                        + $"{gone.Place.Slice.Index} with it"
                );
                return;
            }
            _training?.Tell(lost);
            changed();
        });
        Receive<NodeProtocol.NodeUnreachable>(unreachable => _training?.Tell(unreachable));
        Receive<NodeProtocol.NodeReachable>(reachable => _training?.Tell(reachable));
        Receive<ClientProtocol.HistoryReceived>(received =>
        {
            _historyOfClient = received.First;
            if (_historyOfClient < _history.Count)
                Sender.Tell(new ClientProtocol.HistoryContinued(_history.PageFrom(_historyOfClient)));
        });
    }

    private void SettleWorkers()
    {
        foreach (var (node, worker, reason) in _readiness.Settle(Now))
        {
            Raise(new EventDraft(WorkerRefused, node, reason, TakesNoPart));
            worker.Tell(new WorkerProtocol.Refuse(reason));
        }
        var (workers, servers) = _readiness.TakeUnchecked(Now);
        foreach (var worker in workers)
            worker.Tell(new WorkerProtocol.CheckLane(servers));
        foreach (var worker in _readiness.TakeSilent(Now))
            worker.Tell(new WorkerProtocol.Prepare(_jobId, _job));
    }
}
