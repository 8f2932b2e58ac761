using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The jobs that are being prepared: the next one of the queue, and those that clients submit.</summary>
/// <param name="nodes">The nodes.</param>
/// <param name="context">What the coordinator's node has given it.</param>
/// <param name="coordinator">The coordinator, whose children prepare them.</param>
internal sealed class JobPreparations(EnrolledNodes nodes, CoordinatorContext context, IActorContext coordinator)
{
    private IActorRef _actorOfNext = ActorRefs.Nobody;

    /// <summary>The job of the queue that is about to begin; null where there is none.</summary>
    public string? Next { get; private set; }

    /// <summary>Begins to prepare a job.</summary>
    /// <returns>The job, where it needs nothing of the disk; otherwise the coordinator is told.</returns>
    public JobPreparation.Ready? Begin(JobPreparation.Submitted submitted)
    {
        var isNext = submitted.Client is null;
        if (isNext)
            Next = submitted.Job.JobId;
        if (!JobPreparation.IsNeeded(submitted.Job))
            return new JobPreparation.Ready(submitted, Resumed: null);
        var actor = coordinator.ActorOf(JobPreparationActor.Props(submitted, nodes, context));
        if (isNext)
            _actorOfNext = actor;
        return null;
    }

    /// <summary>The next job has begun, or does not begin now.</summary>
    public void End()
    {
        Next = null;
        coordinator.Stop(_actorOfNext);
        _actorOfNext = ActorRefs.Nobody;
    }
}
