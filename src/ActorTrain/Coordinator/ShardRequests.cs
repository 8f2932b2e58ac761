using ActorTrain.Consistency;
using ActorTrain.Protocol;

namespace ActorTrain.Coordinator;

/// <summary>
/// What training requests of the shards: their counts, to follow its policies, and to fence past incarnations.
/// </summary>
/// <param name="placed">Where the shards are.</param>
/// <param name="record">The job's counts.</param>
/// <param name="scheduler">The job's policies.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class ShardRequests(
    ShardPlacementActor.Placed placed,
    JobRecord record,
    LeaseScheduler scheduler,
    Func<TimeSpan> clock
)
{
    private readonly CountRounds _rounds = new();
    private int _contributions;

    /// <summary>How many shards there are.</summary>
    public int Count => placed.Shards.Length;

    /// <inheritdoc cref="CountRounds.Current"/>
    public long Round => _rounds.Current;

    /// <inheritdoc cref="CountRounds.Next"/>
    public long NextRound => _rounds.Next;

    public void RequestCounts()
    {
        if (_rounds.TryBegin(record.Round, clock()))
            placed.TellShards(new ShardProtocol.GetCounts(_rounds.Current));
    }

    /// <summary>The newest round is complete: begins another where one was requested meanwhile.</summary>
    public void RoundCompleted()
    {
        if (_rounds.IsRequestedAgain)
            RequestCounts();
    }

    /// <summary>Requests the counts of shards that no worker pushes to any more.</summary>
    public void RequestFinalCounts()
    {
        // Shards then apply the gathered gradients of an open step, which no other gradient will complete.
        TellPolicies(scheduler.Consistency with { Mode = ConsistencyMode.Asynchronous });
        RequestCounts();
    }

    // Policies may change in a job, and the number of gradients of a step changes with its workers and at its end. Sent
    // every second as well: a message may be lost.
    public void TellPolicies() => TellPolicies(scheduler.Consistency);

    /// <summary>Leases were granted: the number of gradients of a step may be another.</summary>
    public void TellContributions()
    {
        if (scheduler.Consistency.CountsContributions && scheduler.Contributions != _contributions)
            TellPolicies();
    }

    /// <summary>The shards refuse what a past incarnation still pushes.</summary>
    public void Fence(WorkerId past) => placed.TellShards(new ShardProtocol.FenceWorker(past));

    /// <summary>The shards refuse what all incarnations up to this one still push.</summary>
    public void FenceAll(long newest) => placed.TellShards(new ShardProtocol.FenceAllWorkers(newest));

    private void TellPolicies(ConsistencyOptions consistency)
    {
        _contributions = consistency.CountsContributions ? scheduler.Contributions : 1;
        placed.TellShards(new ShardProtocol.SetPolicies(scheduler.Staleness, consistency, _contributions));
    }
}
