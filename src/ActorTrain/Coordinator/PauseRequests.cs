using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Requests of clients to pause a job that trains, and to let it go on.</summary>
/// <param name="scheduler">The job's leases.</param>
/// <param name="evaluations">The evaluations of its epochs.</param>
/// <param name="grants">Grants leases.</param>
/// <param name="progress">The job's progress.</param>
/// <param name="events">The job's events.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class PauseRequests(
    LeaseScheduler scheduler,
    EpochEvaluations evaluations,
    LeaseGrants grants,
    TrainingProgress progress,
    TrainingEvents events,
    Func<TimeSpan> clock
)
{
    public void Pause(IActorRef requester) => SetPaused(true, JobEvents.Paused(), requester);

    public void Resume(IActorRef requester) => SetPaused(false, JobEvents.Resumed(), requester);

    private void SetPaused(bool paused, EventDraft draft, IActorRef requester)
    {
        if (scheduler.SetPaused(paused, clock()))
        {
            events.RaiseChange(draft);
            progress.Send();
            grants.Grant();
            evaluations.Send();
        }
        requester.Tell(new ClientProtocol.PauseState(paused));
    }
}
