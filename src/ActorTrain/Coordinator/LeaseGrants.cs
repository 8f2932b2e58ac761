using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Sends leases to the workers that request one: at once, or in rounds where there are many workers.</summary>
/// <param name="incarnations">The incarnations of the workers: a past one gets no lease.</param>
/// <param name="scheduler">Decides which worker gets which lease.</param>
/// <param name="shards">The shards, which count the gradients of a step.</param>
/// <param name="events">The job's events.</param>
/// <param name="timers">The timers of the training actor, which gets <see cref="RoundDue"/>.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class LeaseGrants(
    WorkerIncarnations incarnations,
    LeaseScheduler scheduler,
    ShardRequests shards,
    TrainingEvents events,
    ITimerScheduler timers,
    Func<TimeSpan> clock
)
{
    /// <summary>Timer: <see cref="GrantRound"/> is due.</summary>
    public sealed record RoundDue;

    public void Request(WorkerProtocol.RequestLease request, IActorRef requester)
    {
        if (incarnations.Find(request.Worker) is not { } worker)
            return;
        worker.LeaseRequester = requester;
        scheduler.Request(worker);
        Grant();
    }

    /// <summary>A worker's memory holds fewer samples than expected: its next leases are smaller.</summary>
    public void LimitMemory(WorkerProtocol.OutOfMemory shortage)
    {
        if (incarnations.Find(shortage.Worker) is not { } worker)
            return;
        scheduler.LimitMemory(worker, shortage.Most);
        events.Raise(WorkerEvents.OutOfMemory(shortage));
    }

    public void Grant()
    {
        if (scheduler.IsCanceled)
            return;
        var interval = scheduler.RoundInterval;
        Send(scheduler.Grant(clock(), everyone: interval == TimeSpan.Zero));
        shards.TellContributions();
        if (scheduler.HasRequests && interval > TimeSpan.Zero && !timers.IsTimerActive(nameof(RoundDue)))
            timers.StartSingleTimer(nameof(RoundDue), new RoundDue(), interval);
    }

    /// <summary>Grants leases in one round over all workers.</summary>
    public void GrantRound() => Send(scheduler.Grant(clock()));

    /// <summary>The job is canceled: no round is due any more.</summary>
    public void Cancel() => timers.Cancel(nameof(RoundDue));

    private void Send(IReadOnlyList<LeaseScheduler.Granted> leases)
    {
        var (isRaced, isPaced) = (scheduler.Consistency.CountsContributions, scheduler.Consistency.IsPaced);
        foreach (var (worker, lease, draft) in leases)
        {
            worker.LeaseRequester.Tell(new WorkerProtocol.Granted(lease, isRaced, isPaced));
            if (draft is { } repeated)
                events.Raise(repeated);
        }
    }
}
