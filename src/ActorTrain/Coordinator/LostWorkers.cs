using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// How workers leave and are lost, and how a lost worker's samples are trained again. Its leases are taken back and are
/// in doubt, since it may have pushed some of them. The shards fence its incarnation, so that it pushes nothing more,
/// and report their counts. By these, <see cref="LeaseSettlement"/> frees what no count has, for other workers.
/// </summary>
/// <param name="record">The job's workers.</param>
/// <param name="incarnations">The incarnations of the workers.</param>
/// <param name="scheduler">The job's leases.</param>
/// <param name="shards">The shards.</param>
/// <param name="evaluations">The evaluations, of which the worker may have had one.</param>
/// <param name="events">The job's events.</param>
/// <param name="job">The job's actor, which fails with its last worker.</param>
/// <param name="timers">The timers of the training actor, which gets <see cref="ReasonTimedOut"/>.</param>
internal sealed class LostWorkers(
    JobRecord record,
    WorkerIncarnations incarnations,
    LeaseScheduler scheduler,
    ShardRequests shards,
    EpochEvaluations evaluations,
    TrainingEvents events,
    IActorRef job,
    ITimerScheduler timers
)
{
    private static readonly TimeSpan ReasonTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Timer: no message gave the reason why a worker has stopped.</summary>
    public sealed record ReasonTimedOut(WorkerId Worker);

    /// <summary>A worker's actor has stopped: its own message, or its node's, may arrive later, and gives the
    /// reason.</summary>
    public void AwaitReason(JoiningWorkers.Stopped stopped) =>
        timers.StartSingleTimer(stopped.Worker, new ReasonTimedOut(stopped.Worker), ReasonTimeout);

    /// <summary>A worker leaves, or its engine has failed.</summary>
    public void Withdraw(WorkerProtocol.Withdrawn withdrawn)
    {
        if (incarnations.Find(withdrawn.Worker) is not { } worker)
            return;
        var takenBack = TakeBack(worker);
        if (withdrawn.Returns)
            incarnations.AwaitReturn(worker.Node);
        if (!scheduler.IsCanceled)
            events.Raise(WorkerEvents.Withdrawn(withdrawn, takenBack));
        EndIncarnation(worker, scheduler.IsCanceled ? null : withdrawn.Reason);
        if (withdrawn.Failed)
            FailIfAllAreLost(worker.Node, withdrawn.Reason);
    }

    /// <summary>A worker that was to come back cannot.</summary>
    public void CancelReturn(JobTrainingProtocol.CannotReturn failure)
    {
        // A worker that never took part is no loss.
        if (incarnations.CancelReturn(failure.Node))
            FailIfAllAreLost(failure.Node, failure.Reason);
    }

    /// <summary>A worker's actor has stopped, and no message gave the reason.</summary>
    public void LoseWithoutReason(ReasonTimedOut stopped)
    {
        if (incarnations.Find(stopped.Worker) is { } worker)
            Lose(worker, "its worker has stopped without a reason");
    }

    /// <summary>A node is lost, and its worker with it.</summary>
    public void LoseNode(NodeProtocol.NodeLost lost)
    {
        incarnations.CancelReturn(lost.Node);
        if (!record.Workers.TryGetValue(lost.Node, out var worker) || !(worker.Active || worker.Unreachable))
            return;
        worker.Unreachable = false;
        Lose(worker, lost.Reason);
    }

    /// <summary>A node does not answer: its worker may go on, and gets a new incarnation when it returns.</summary>
    public void Doubt(NodeProtocol.NodeUnreachable unreachable)
    {
        if (record.Active.FirstOrDefault(worker => worker.Node == unreachable.Node) is not { } worker)
            return;
        const string reason = "it does not answer heartbeats";
        events.Raise(WorkerEvents.Unreachable(worker.Node, reason, TakeBack(worker)));
        EndIncarnation(worker, reason);
        worker.Unreachable = true;
    }

    /// <summary>A worker's gradients are not finite, again and again.</summary>
    public void Quarantine(WorkerRecord worker)
    {
        const string reason = "its gradients, or its buffers after them, are not finite, again and again";
        events.Raise(WorkerEvents.Quarantined(worker.Node, reason, TakeBack(worker)));
        worker.Worker.Tell(new WorkerProtocol.Refuse(reason));
        EndIncarnation(worker, reason);
        FailIfAllAreLost(worker.Node, $"{reason}; training may have diverged, and needs a lower learning rate");
    }

    /// <summary>A node's worker joins again: its incarnation before ends.</summary>
    public void Replace(WorkerRecord before)
    {
        TakeBack(before);
        if (before.Active)
            EndIncarnation(before, "it joins again");
    }

    private void Lose(WorkerRecord worker, string reason)
    {
        events.Raise(WorkerEvents.Lost(worker.Node, reason, TakeBack(worker)));
        EndIncarnation(worker, reason);
    }

    private string TakeBack(WorkerRecord worker) => scheduler.TakeBack(worker, shards.NextRound);

    /// <summary>The shards refuse what the incarnation still pushes, and report what they have applied of it.</summary>
    private void EndIncarnation(WorkerRecord worker, string? absence)
    {
        worker.End(absence);
        shards.Fence(worker.Id);
        shards.RequestCounts();
        evaluations.WorkerLost(worker.Node);
    }

    private void FailIfAllAreLost(string node, string reason)
    {
        if (!scheduler.IsCanceled && incarnations.AreAllLost)
            job.Tell(new JobTrainingProtocol.Failed($"the last worker failed; {node}: {reason}"));
    }
}
