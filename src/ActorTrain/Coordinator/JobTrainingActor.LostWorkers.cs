using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// How workers join, leave and are lost, and how a lost worker's samples are trained again. Its leases are taken back
/// and are in doubt, since it may have pushed some of them. The shards fence its incarnation, so that it pushes nothing
/// more, and report their counts. Then <see cref="Leases.LeaseTable.Settle"/> grants to other workers what no shard
/// count has.
/// </summary>
internal sealed partial class JobTrainingActor
{
    private static readonly TimeSpan ReasonTimeout = TimeSpan.FromSeconds(3);

    private void ReceiveWorkerChanges()
    {
        Receive<WorkerProtocol.OutOfMemory>(shortage =>
        {
            if (_incarnations.Find(shortage.Worker) is not { } worker)
                return;
            _scheduler.LimitMemory(worker, shortage.Most);
            Raise(WorkerEvents.OutOfMemory(shortage));
        });
        Receive<WorkerProtocol.Withdrawn>(Withdraw);
        Receive<CannotReturn>(failure =>
        {
            // A worker that never took part is no loss.
            if (_incarnations.CancelReturn(failure.Node))
                FailIfAllAreLost(failure.Node, failure.Reason);
        });
        // The worker's own message, or its node's, may arrive later, and gives the reason.
        Receive<WorkerTerminated>(terminated =>
            Timers.StartSingleTimer(terminated.Worker, new ReasonTimedOut(terminated.Worker), ReasonTimeout)
        );
        Receive<ReasonTimedOut>(terminated =>
        {
            if (_incarnations.Find(terminated.Worker) is { } worker)
                Lose(worker, "its worker has stopped without a reason");
        });
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            _incarnations.CancelReturn(lost.Node);
            if (!_record.Workers.TryGetValue(lost.Node, out var worker) || !(worker.Active || worker.Unreachable))
                return;
            worker.Unreachable = false;
            Lose(worker, lost.Reason);
        });
        Receive<NodeProtocol.NodeUnreachable>(unreachable =>
        {
            if (_record.Active.FirstOrDefault(worker => worker.Node == unreachable.Node) is not { } worker)
                return;
            const string reason = "it does not answer heartbeats";
            Raise(WorkerEvents.Unreachable(worker.Node, reason, TakeBack(worker)));
            EndIncarnation(worker, reason);
            worker.Unreachable = true;
        });
        Receive<NodeProtocol.NodeReachable>(reachable =>
        {
            if (!_record.Workers.TryGetValue(reachable.Node, out var worker) || !worker.Unreachable)
                return;
            Raise(WorkerEvents.Reachable(worker.Node));
            if (!_isCanceled)
                BeginIncarnation(
                    new Join(
                        worker.Host,
                        worker.Worker,
                        worker.Device!,
                        new Measurement(worker.Throughput, worker.MostSamples)
                    )
                );
        });
    }

    private void BeginIncarnation(Join join)
    {
        if (_record.Workers.TryGetValue(join.Host.Node, out var before))
        {
            TakeBack(before);
            if (before.Active)
                EndIncarnation(before, "it joins again");
        }
        var worker = _record.WorkerOf(join.Host);
        if (join.Measured.MostSamples < _job.BatchSize)
            worker.MostSamples = join.Measured.MostSamples;
        worker.Begin(_incarnations.Begin(join.Host.Node), join.Worker, join.Device, join.Measured.SamplesPerSecond);
        _scheduler.Join(worker);
        Raise(WorkerEvents.Joined(worker, join.Measured.SamplesPerSecond, _scheduler.Paused));
        Context.Unwatch(join.Worker);
        Context.WatchWith(join.Worker, new WorkerTerminated(worker.Id));
        join.Worker.Tell(new WorkerProtocol.Start(worker.Id, _placed.Places, _placed.Buffers));
        SendEvaluations();
    }

    private void Withdraw(WorkerProtocol.Withdrawn withdrawn)
    {
        if (_incarnations.Find(withdrawn.Worker) is not { } worker)
            return;
        var takenBack = TakeBack(worker);
        if (withdrawn.Returns)
            _incarnations.AwaitReturn(worker.Node);
        if (!_isCanceled)
            Raise(WorkerEvents.Withdrawn(withdrawn, takenBack));
        EndIncarnation(worker, _isCanceled ? null : withdrawn.Reason);
        if (withdrawn.Failed)
            FailIfAllAreLost(worker.Node, withdrawn.Reason);
    }

    private void Quarantine(WorkerRecord worker)
    {
        const string reason = "its gradients, or its buffers after them, are not finite, again and again";
        Raise(WorkerEvents.Quarantined(worker.Node, reason, TakeBack(worker)));
        worker.Worker.Tell(new WorkerProtocol.Refuse(reason));
        EndIncarnation(worker, reason);
        FailIfAllAreLost(worker.Node, $"{reason}; training may have diverged, and needs a lower learning rate");
    }

    private void Lose(WorkerRecord worker, string reason)
    {
        Raise(WorkerEvents.Lost(worker.Node, reason, TakeBack(worker)));
        EndIncarnation(worker, reason);
    }

    private string TakeBack(WorkerRecord worker) => _scheduler.TakeBack(worker, _countRounds.Next);

    /// <summary>The shards refuse what the incarnation still pushes, and report what they have applied of it.</summary>
    private void EndIncarnation(WorkerRecord worker, string? absence)
    {
        worker.End(absence);
        _placed.TellShards(new ShardProtocol.FenceWorker(worker.Id));
        RequestCounts();
        _evaluations.WorkerLost(worker.Node);
        if (!_isCanceled)
            SendEvaluations();
        else if (!_record.Active.Any())
            Become(Counting);
    }

    private void FailIfAllAreLost(string node, string reason)
    {
        if (!_isCanceled && _incarnations.AreAllLost)
            Context.Parent.Tell(new Failed($"the last worker failed; {node}: {reason}"));
    }
}
