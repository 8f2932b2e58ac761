using ActorTrain.Sentences;
using ActorTrain.Server;
using ActorTrain.Worker;
using Akka.Actor;
using static ActorTrain.Supervision.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>The lives of the workers: how each begins, how it ends, and what is done about it.</summary>
internal sealed partial class TrainingActor
{
    /// <summary>Workers join, fail, leave, are doubted and lost, and begin new lives.</summary>
    private void Lives()
    {
        Receive<WorkerProtocol.OutOfMemory>(shortage =>
        {
            if (Find(shortage.Worker) is not { } worker)
                return;
            _desk.Shortened(worker, shortage.Most);
            Tell(
                new Occurrence(
                    OutOfMemory,
                    worker.Node,
                    $"{Plural.Of(shortage.Samples, "sample is", "samples are")} too many for its "
                        + $"device: {shortage.Reason.AsClause()}",
                    $"it goes on with {shortage.Most} at once"
                )
            );
        });
        Receive<WorkerProtocol.Withdrawn>(withdrawn =>
        {
            if (Find(withdrawn.Worker) is not { } worker)
                return;
            var remedy = _desk.TakeBack(worker, _round + 1);
            if (withdrawn.Returns)
            {
                _returning.Add(worker.Node);
                remedy += "; it comes back with a new engine";
            }
            if (!_stopped)
                Tell(
                    new Occurrence(withdrawn.Failed ? WorkerFailed : WorkerLeft, worker.Node, withdrawn.Reason, remedy)
                );
            End(worker, _stopped ? null : withdrawn.Reason);
            if (withdrawn.Failed)
                FailIfAlone(worker.Node, withdrawn.Reason);
        });
        Receive<Unable>(unable =>
        {
            // Who never took part is no loss, whoever else is still to come.
            if (_returning.Remove(unable.Node))
                FailIfAlone(unable.Node, unable.Reason);
        });
        // Its own word, or its node's, may be on the way still, and says why.
        Receive<WorkerGone>(gone =>
            Timers.StartSingleTimer(gone.Worker, new WorkerSilent(gone.Worker), LastWordPatience)
        );
        Receive<WorkerSilent>(gone =>
        {
            if (Find(gone.Worker) is not { } worker)
                return;
            Tell(
                new Occurrence(
                    WorkerLost,
                    worker.Node,
                    "its worker has ended without a word",
                    _desk.TakeBack(worker, _round + 1)
                )
            );
            End(worker, "its worker has ended without a word");
        });
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            _returning.Remove(lost.Node);
            if (!_record.Workers.TryGetValue(lost.Node, out var worker) || !(worker.Active || worker.Doubted))
                return;
            worker.Doubted = false;
            Tell(new Occurrence(WorkerLost, worker.Node, lost.Reason, _desk.TakeBack(worker, _round + 1)));
            End(worker, lost.Reason);
        });
        Receive<NodeProtocol.NodeUnreachable>(unreachable =>
        {
            if (_record.Active.FirstOrDefault(worker => worker.Node == unreachable.Node) is not { } worker)
                return;
            Tell(
                new Occurrence(
                    WorkerUnreachable,
                    worker.Node,
                    "it does not answer heartbeats",
                    $"{_desk.TakeBack(worker, _round + 1)}; what it still pushes is refused"
                )
            );
            End(worker, "it does not answer heartbeats");
            worker.Doubted = true;
        });
        Receive<NodeProtocol.NodeReachable>(reachable =>
        {
            if (!_record.Workers.TryGetValue(reachable.Node, out var worker) || !worker.Doubted)
                return;
            Tell(new Occurrence(WorkerReachable, worker.Node, "it answers heartbeats again", "it begins a new life"));
            if (!_stopped)
                Start(
                    new Join(
                        worker.Host,
                        worker.Worker,
                        worker.Device!,
                        new Measurement(worker.Throughput, worker.MostSamples)
                    )
                );
        });
    }

    private void Start(Join join)
    {
        _returning.Remove(join.Host.Node);
        if (_record.Workers.TryGetValue(join.Host.Node, out var before))
        {
            _desk.TakeBack(before, _round + 1);
            if (before.Active)
                End(before, "it begins a new life");
        }
        var worker = _record.WorkerOf(join.Host);
        if (join.Measured.MostSamples < _job.Batch)
            worker.MostSamples = join.Measured.MostSamples;
        worker.Begin(++_incarnations, join.Worker, join.Device, join.Measured.SamplesPerSecond);
        _desk.Joined(worker);
        Tell(
            new Occurrence(
                WorkerJoined,
                worker.Node,
                join.Measured.SamplesPerSecond > 0
                    ? $"{join.Device} is ready, at {Rate.Of(join.Measured.SamplesPerSecond)} samples/s by its own "
                        + $"measurement"
                    : $"{join.Device} is ready; its speed is not measured yet",
                _desk.Paused ? "it gets leases when the job goes on" : "it gets leases"
            )
        );
        Context.Unwatch(join.Worker);
        Context.WatchWith(join.Worker, new WorkerGone(worker.Id));
        join.Worker.Tell(
            new WorkerProtocol.Start(worker.Id, [.. _placed.Shards.Select(shard => shard.Place)], _placed.ModelState)
        );
        GiveEvaluations();
    }

    private void Quarantine(WorkerRecord worker)
    {
        const string reason = "its gradients, or its buffers after them, are not finite, again and again";
        Tell(
            new Occurrence(
                WorkerQuarantined,
                worker.Node,
                reason,
                $"it gets no more leases; {_desk.TakeBack(worker, _round + 1)}"
            )
        );
        worker.Worker.Tell(new WorkerProtocol.Refuse(reason));
        End(worker, reason);
        FailIfAlone(worker.Node, $"{reason}; training may have diverged, and wants a lower learning rate");
    }

    private void FailIfAlone(string node, string reason)
    {
        var othersMayCome =
            _returning.Count > 0 || _record.Workers.Values.Any(worker => worker.Active || worker.Doubted);
        if (!_stopped && !othersMayCome)
            Context.Parent.Tell(new Failed($"the last worker failed; {node}: {reason}"));
    }

    private WorkerRecord? Find(WorkerId id) =>
        _record.Workers.GetValueOrDefault(id.Node) is { Active: true } worker && worker.Id == id ? worker : null;

    /// <summary>A worker's life ends: the shards refuse what it still pushes, and say what they have of it.</summary>
    private void End(WorkerRecord worker, string? absence)
    {
        (worker.Active, worker.Absence) = (false, absence?.AsClause());
        foreach (var shard in _placed.Shards)
            shard.Place.Shard.Tell(new ShardProtocol.Fence(worker.Id));
        AskCounts();
        _evaluations.Lost(worker.Node);
        if (!_stopped)
            GiveEvaluations();
        else if (!_record.Active.Any())
            Become(Counting);
    }
}
