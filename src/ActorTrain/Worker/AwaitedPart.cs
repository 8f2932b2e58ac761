using ActorTrain.Leases;

namespace ActorTrain.Worker;

/// <summary>
/// A part that a worker cannot compute before every shard takes its gradient, and has asked them about.
/// </summary>
/// <param name="part">The part.</param>
/// <param name="shards">Shards of the job.</param>
internal sealed class AwaitedPart(LeasePart part, int shards)
{
    private readonly HashSet<int> _appliedBy = [];

    public LeasePart Part => part;

    /// <summary>When the shards were asked last.</summary>
    public TimeSpan AskedAt { get; set; }

    /// <summary>Takes in a shard's answer.</summary>
    /// <param name="shard">The shard's index.</param>
    /// <param name="isApplied">Whether it has applied the part by now.</param>
    /// <returns>Whether all have: then nobody need compute it.</returns>
    public bool IsDone(int shard, bool isApplied)
    {
        if (isApplied)
            _appliedBy.Add(shard);
        return _appliedBy.Count == shards;
    }
}
