using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Snapshots for another coordinator: one every second, and one at every event.</summary>
internal sealed partial class JobTrainingActor
{
    private TimeSpan _snapshotAt;

    private void TakeSnapshot()
    {
        Timers.Cancel(nameof(SnapshotDue));
        _snapshotAt = Now;
        Context.Parent.Tell(
            new SnapshotTaken(
                _scheduler.Staleness,
                _scheduler.Consistency,
                _incarnations.Newest,
                _scheduler.Paused,
                _record.ToSnapshot(Now),
                _record.CompletedEpochs(),
                _record.Events
            )
        );
    }

    /// <summary>
    /// A snapshot names all workers and all events, so a snapshot for each of n workers that join would cost n². With
    /// few workers an event has a snapshot at once; with many, one snapshot is for all events of a round of grants.
    /// What the next coordinator may then lack are events, which no sample depends on, and incarnations, which
    /// <see cref="WorkerIncarnations.Adopt"/> skips.
    /// </summary>
    private void TakeSnapshotSoon()
    {
        var due = _snapshotAt + _scheduler.RoundInterval;
        if (Now >= due)
            TakeSnapshot();
        else if (!Timers.IsTimerActive(nameof(SnapshotDue)))
            Timers.StartSingleTimer(nameof(SnapshotDue), new SnapshotDue(), due - Now);
    }
}
