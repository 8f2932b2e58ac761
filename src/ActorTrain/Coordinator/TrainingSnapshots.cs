using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Sends snapshots for another coordinator to the job: one every second, and one at every event.</summary>
/// <param name="record">The job's counts.</param>
/// <param name="scheduler">The job's leases and policies.</param>
/// <param name="incarnations">The incarnations of the job's workers.</param>
/// <param name="copies">The copies of its shards.</param>
/// <param name="job">The job's actor, which stores them.</param>
/// <param name="timers">The timers of the training actor, which gets <see cref="Due"/>.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class TrainingSnapshots(
    JobRecord record,
    LeaseScheduler scheduler,
    WorkerIncarnations incarnations,
    ShardCopies copies,
    IActorRef job,
    ITimerScheduler timers,
    Func<TimeSpan> clock
)
{
    private TimeSpan _sentAt;

    /// <summary>Timer: <see cref="Send"/> is due.</summary>
    public sealed record Due;

    public void Send()
    {
        timers.Cancel(nameof(Due));
        _sentAt = clock();
        job.Tell(Take());
    }

    public JobTrainingProtocol.SnapshotTaken Take() =>
        new(
            scheduler.Staleness,
            scheduler.Consistency,
            incarnations.Newest,
            scheduler.Paused,
            scheduler.IsCanceled,
            record.ToSnapshot(clock()),
            record.CompletedEpochs(),
            record.Events,
            copies.Copied
        );

    /// <summary>
    /// A snapshot names all workers and all events, so a snapshot for each of n workers that join would cost n². With
    /// few workers an event has a snapshot at once; with many, one snapshot is for all events of a round of grants.
    /// What the next coordinator may then lack are events, which no sample depends on, and incarnations, which
    /// <see cref="WorkerIncarnations.Adopt"/> skips.
    /// </summary>
    public void SendSoon()
    {
        var now = clock();
        var due = _sentAt + scheduler.RoundInterval;
        if (now >= due)
            Send();
        else if (!timers.IsTimerActive(nameof(Due)))
            timers.StartSingleTimer(nameof(Due), new Due(), due - now);
    }
}
