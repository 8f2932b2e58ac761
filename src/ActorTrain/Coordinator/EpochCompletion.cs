using ActorTrain.Telemetry;

namespace ActorTrain.Coordinator;

/// <summary>
/// What follows when every sample of an epoch is applied: the epoch is recorded and evaluated, and leases that waited
/// for it are granted.
/// </summary>
/// <param name="record">The job's counts.</param>
/// <param name="scheduler">The job's leases.</param>
/// <param name="evaluations">The evaluations of its epochs.</param>
/// <param name="grants">Grants leases.</param>
/// <param name="telemetry">The job's metrics.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class EpochCompletion(
    JobRecord record,
    LeaseScheduler scheduler,
    EpochEvaluations evaluations,
    LeaseGrants grants,
    JobTelemetry telemetry,
    Func<TimeSpan> clock
)
{
    /// <summary>Completes the epochs that the lease table has completed.</summary>
    public void Complete()
    {
        if (scheduler.IsCanceled)
            return;
        while (evaluations.CompletedEpochs < scheduler.Table.CompleteEpochs)
        {
            var epoch = evaluations.CompletedEpochs + 1;
            record.EpochCompleted(epoch, clock());
            telemetry.EpochCompleted(epoch);
            evaluations.EpochCompleted(epoch);
        }
        evaluations.Send();
        evaluations.KeepPace();
        grants.Grant();
    }

    /// <summary>An adopted job goes on from the epochs that the shards have completed.</summary>
    public void Adopt()
    {
        var completed = scheduler.Table.CompleteEpochs;
        record.ReopenAfter(completed);
        telemetry.Begins(record.SamplesApplied, completed + 1);
        for (var epoch = 1; epoch <= completed; epoch++)
        {
            record.EpochCompleted(epoch, clock());
            evaluations.EpochCompleted(epoch);
        }
        evaluations.KeepPace();
    }
}
