using ActorTrain.Leases;

namespace ActorTrain.Worker;

/// <summary>
/// A part that a worker cannot compute before every shard takes its gradient, and has requested parameters for.
/// </summary>
/// <param name="part">The part.</param>
/// <param name="shards">Shards of the job.</param>
internal sealed class AwaitedPart(SampleRange part, int shards)
{
    private readonly HashSet<int> _appliedBy = [];

    public SampleRange Part => part;

    /// <summary>When the parameters were requested last.</summary>
    public TimeSpan AskedAt { get; set; }

    /// <summary>Records a shard's reply.</summary>
    /// <param name="shard">The shard's index.</param>
    /// <param name="isApplied">Whether it has applied the part.</param>
    /// <returns>Whether all have, so that no worker need compute it.</returns>
    public bool IsDone(int shard, bool isApplied)
    {
        if (isApplied)
            _appliedBy.Add(shard);
        return _appliedBy.Count == shards;
    }
}
