using ActorTrain.Job;
using ActorTrain.Telemetry;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Tells the job how far training is, and at its end the report.</summary>
/// <param name="record">The job's counts.</param>
/// <param name="scheduler">The job's leases.</param>
/// <param name="evaluations">The evaluations of its epochs.</param>
/// <param name="telemetry">The job's metrics.</param>
/// <param name="job">The job's actor.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class TrainingProgress(
    JobRecord record,
    LeaseScheduler scheduler,
    EpochEvaluations evaluations,
    JobTelemetry telemetry,
    IActorRef job,
    Func<TimeSpan> clock
)
{
    public void Send() =>
        Send(
            scheduler.Paused ? JobPhase.Paused
            : scheduler.Table.Complete ? JobPhase.Finishing
            : JobPhase.Training
        );

    /// <summary>All is trained, and the job waits for its last checkpoint.</summary>
    public void SendLastCheckpoint() => Send(JobPhase.Finishing, "writing the last checkpoint");

    public void SendReport()
    {
        var isCanceled = scheduler.IsCanceled;
        Send(isCanceled ? JobPhase.Canceled : JobPhase.Completed);
        telemetry.Ended(isCanceled);
        job.Tell(new JobTrainingProtocol.Done(record.Report(scheduler.Consistency), isCanceled));
    }

    private void Send(JobPhase phase, string reason = "")
    {
        var waiting =
            phase is not JobPhase.Training ? reason
            : !record.Active.Any() ? "waiting for workers to join"
            : scheduler.Table.AwaitsEvaluation ? $"waiting for the evaluation of epoch {evaluations.FirstKept}"
            : "";
        job.Tell(record.Progress(phase, waiting, scheduler.Table.Epoch, clock()));
    }
}
