using ActorTrain.Protocol;
using ActorTrain.Telemetry;

namespace ActorTrain.Coordinator;

/// <summary>
/// Settles leases by the shards' counts: what every shard has applied is done, and what was taken back from a lost
/// worker and is in no count is granted again.
/// </summary>
/// <param name="record">The job's counts.</param>
/// <param name="scheduler">The job's leases.</param>
/// <param name="shards">The shards.</param>
/// <param name="epochs">The epochs that counts complete.</param>
/// <param name="telemetry">The job's metrics.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class LeaseSettlement(
    JobRecord record,
    LeaseScheduler scheduler,
    ShardRequests shards,
    EpochCompletion epochs,
    JobTelemetry telemetry,
    Func<TimeSpan> clock
)
{
    /// <summary>
    /// A shard reports its counts in an adopted job: the lease table begins when every shard has reported.
    /// </summary>
    /// <returns>Whether it has begun.</returns>
    public bool Adopt(ShardProtocol.Counts counts)
    {
        record.Counted(counts, clock());
        if (record.Round == 0)
            return false;
        scheduler.Adopt();
        epochs.Adopt();
        return true;
    }

    /// <summary>A shard reports its counts.</summary>
    /// <returns>Whether they may have completed the job.</returns>
    public bool Counted(ShardProtocol.Counts counts)
    {
        foreach (var worker in record.Progressing(counts))
            scheduler.Table.Renew(worker, clock());
        var settled = record.Round;
        record.Counted(counts, clock());
        telemetry.Applied(record.SamplesApplied);
        if (record.Round == settled)
            return false;
        scheduler.Settle(record.Round);
        shards.RoundCompleted();
        epochs.Complete();
        return true;
    }

    /// <summary>A shard reports its counts when nothing is granted any more.</summary>
    public void CountedAtEnd(ShardProtocol.Counts counts)
    {
        record.Counted(counts, clock());
        telemetry.Applied(record.SamplesApplied);
        if (record.Round == shards.Round)
            shards.RoundCompleted();
    }
}
