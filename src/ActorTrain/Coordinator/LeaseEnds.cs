using ActorTrain.Protocol;
using ActorTrain.Telemetry;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>What the end of a lease means: for its samples, for its worker, and for the job.</summary>
/// <param name="incarnations">The incarnations of the workers: a past one's leases were taken back.</param>
/// <param name="scheduler">The job's leases.</param>
/// <param name="shards">The shards, whose counts settle what was refused.</param>
/// <param name="epochs">The epochs that leases complete.</param>
/// <param name="lost">Quarantines a worker.</param>
/// <param name="events">The job's events.</param>
/// <param name="telemetry">The job's metrics.</param>
/// <param name="job">The job's actor.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class LeaseEnds(
    WorkerIncarnations incarnations,
    LeaseScheduler scheduler,
    ShardRequests shards,
    EpochCompletion epochs,
    LostWorkers lost,
    TrainingEvents events,
    JobTelemetry telemetry,
    IActorRef job,
    Func<TimeSpan> clock
)
{
    /// <summary>A worker has ended a lease.</summary>
    /// <returns>Whether it may have completed the job.</returns>
    public bool End(WorkerProtocol.LeaseEnded ended)
    {
        if (incarnations.Find(ended.Worker) is not { } worker)
            return false;
        var (quarantined, hopeless, draft) = scheduler.End(worker, ended, clock(), shards.NextRound);
        telemetry.LeaseEnded(worker.Node, worker.Throughput);
        if (scheduler.IsCanceled)
            return false;
        if (draft is { } change)
            events.Raise(change);
        if (hopeless is not null)
        {
            job.Tell(new JobTrainingProtocol.Failed(hopeless));
            return false;
        }
        if (quarantined)
            lost.Quarantine(worker);
        // Refused samples are granted again as soon as the shards have reported what they have applied.
        if (scheduler.Table.InDoubt)
            shards.RequestCounts();
        epochs.Complete();
        return true;
    }

    /// <summary>Takes back the leases whose holders have shown no progress for some time, and raises due
    /// events.</summary>
    public void Tick(TimeSpan timeout)
    {
        foreach (var expired in scheduler.Expire(clock(), timeout, shards.NextRound))
            events.Raise(expired);
        RaiseDue(all: false);
    }

    /// <summary>Raises due events about refused pushes, and about workers that get more work again.</summary>
    /// <param name="all">Whether the job ends, and every event is due.</param>
    public void RaiseDue(bool all)
    {
        foreach (var draft in scheduler.Tick(clock(), all))
            events.Raise(draft);
    }
}
