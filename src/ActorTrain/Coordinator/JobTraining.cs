using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// A job's <see cref="JobTrainingActor"/>. Before it begins, events are published here, and a cancel waits for it.
/// </summary>
/// <param name="record">The job's counts.</param>
/// <param name="readiness">The job's servers and coordinators.</param>
/// <param name="followers">The clients that follow the job.</param>
/// <param name="coordinator">The coordinator's settings, and the algorithms that there are.</param>
/// <param name="context">The job's actor, which is its parent.</param>
/// <param name="log">The job's log.</param>
internal sealed class JobTraining(
    JobRecord record,
    WorkerReadiness readiness,
    JobFollowers followers,
    CoordinatorContext coordinator,
    IActorContext context,
    ILoggingAdapter log
)
{
    private readonly EventPublisher _events = new(record, followers.Tell, context.System.EventStream, log);
    private IActorRef? _actor;

    /// <summary>Whether it is to end early.</summary>
    public bool IsCanceled { get; private set; }

    /// <param name="job">What is trained.</param>
    /// <param name="admission">What all workers agree with.</param>
    /// <param name="placed">Where the shards are.</param>
    /// <param name="adopted">What an adopted job goes on from; null for a new job.</param>
    public void Begin(
        JobOptions job,
        Admission admission,
        ShardPlacementActor.Placed placed,
        JobTrainingProtocol.Adopted? adopted
    )
    {
        record.Admission = admission;
        var shards = placed.Shards.Length;
        log.JobTrains(job.Name, admission.Model.Name, shards, Plural.Form(shards, "shard"));
        _actor = context.ActorOf(
            JobTrainingActor.Props(
                new(job, context.Self, record, placed, coordinator.Options, coordinator.Algorithms, adopted)
            ),
            "training"
        );
        if (IsCanceled)
            Cancel();
    }

    public void Cancel()
    {
        IsCanceled = true;
        Tell(new ClientProtocol.Cancel());
    }

    /// <summary>Tells training, if it has begun.</summary>
    public void Tell(object message) => _actor?.Tell(message);

    public void Forward(ClientProtocol.IJobRequest request)
    {
        var changed = request switch
        {
            ClientProtocol.SetStaleness set => new JobOptions { Staleness = set.Staleness },
            ClientProtocol.SetConsistency set => new JobOptions { Consistency = set.Consistency },
            _ => null,
        };
        if (changed is not null && AlgorithmChecks.LackOf(changed, readiness.HostsAndCoordinators) is { } lack)
            context.Sender.Tell(new ClientProtocol.Rejected(lack));
        else
            _actor?.Forward(request);
    }

    /// <summary>Says so where the workers have a substitute of the data set.</summary>
    public void RaiseSubstitute(DatasetDescription dataset)
    {
        if (dataset.Substitute is { } substitute)
            Raise(JobEvents.DataSubstituted(dataset, substitute));
    }

    public void Raise(EventDraft draft)
    {
        if (_actor is not null)
            Tell(new JobTrainingProtocol.RaiseEvent(draft));
        else
            _events.Publish(draft, context.System.Scheduler.MonotonicClock);
    }
}
