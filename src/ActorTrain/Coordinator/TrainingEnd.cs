using ActorTrain.Protocol;

namespace ActorTrain.Coordinator;

/// <summary>
/// The end of a job, when no gradient is under way any more: its last checkpoint is taken, the shards' next counts are
/// final, and the report is sent.
/// </summary>
/// <param name="shards">The shards.</param>
/// <param name="cuts">The job's checkpoints.</param>
/// <param name="settlement">Takes the counts.</param>
/// <param name="leaseEnds">Raises the last events.</param>
/// <param name="progress">Sends the report.</param>
internal sealed class TrainingEnd(
    ShardRequests shards,
    CleanCuts cuts,
    LeaseSettlement settlement,
    LeaseEnds leaseEnds,
    TrainingProgress progress
)
{
    private FinalCounts? _counts;
    private bool _areComplete;
    private bool _isReported;

    public void Begin()
    {
        cuts.BeginLast();
        RequestCounts();
    }

    /// <summary>A shard has reported its counts.</summary>
    public void Counted(ShardProtocol.Counts counts)
    {
        settlement.CountedAtEnd(counts);
        _areComplete |= _counts?.Add(counts.Shard, counts.Round) == true;
        ReportIfOver();
    }

    /// <summary>The last checkpoint is taken, written or given up.</summary>
    public void CheckpointChanged()
    {
        if (_counts is null)
            RequestCounts();
        ReportIfOver();
    }

    /// <summary>Asks again: a message may be lost.</summary>
    public void Tick()
    {
        if (_isReported)
            return;
        cuts.Tick();
        RequestCounts();
        ReportIfOver();
        if (!cuts.IsLastOver)
            progress.SendLastCheckpoint();
    }

    // For them the shards apply the gradients of an open step, which no checkpoint is to have.
    private void RequestCounts()
    {
        if (!cuts.IsLastTaken)
            return;
        _counts ??= new FinalCounts(shards.Count, shards.NextRound);
        shards.RequestFinalCounts();
    }

    private void ReportIfOver()
    {
        if (_isReported || !_areComplete || !cuts.IsLastOver)
            return;
        _isReported = true;
        leaseEnds.RaiseDue(all: true);
        progress.SendReport();
    }
}
