using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Staleness;

namespace ActorTrain.Server;

/// <summary>The policies that a shard follows; each may change while it trains.</summary>
/// <param name="job">The policies that it begins with.</param>
/// <param name="algorithms">Creates the staleness policy.</param>
/// <exception cref="ActorTrainException">The job names a staleness policy that is not there.</exception>
internal sealed class ShardPolicies(JobOptions job, Algorithms algorithms)
{
    private StalenessOptions _requested = job.Staleness;

    /// <summary>Judges gradients by their staleness.</summary>
    public IStalenessPolicy Policy { get; private set; } = algorithms.Create(job.Staleness);

    /// <summary>Gradients that complete a step, where there are backup workers, ≥ 1.</summary>
    public int Contributions { get; set; } = 1;

    /// <summary>The consistency model.</summary>
    public ConsistencyOptions Consistency { get; set; } = job.Consistency;

    /// <summary>The staleness policy.</summary>
    public StalenessOptions Staleness { get; private set; } = job.Staleness;

    /// <summary>The staleness policy in effect.</summary>
    public StalenessOptions StalenessInEffect => Consistency.InEffect(Staleness);

    /// <summary>All of them.</summary>
    public ShardProtocol.SetPolicies All => new(Staleness, Consistency, Contributions);

    /// <summary>Changes the staleness policy; one with the same options goes on with its state.</summary>
    /// <returns>Whether it has changed.</returns>
    /// <exception cref="ActorTrainException">The policy cannot be created here; the present one stays, and the same
    /// request has no effect.</exception>
    public bool SetStaleness(StalenessOptions staleness)
    {
        if (staleness == _requested)
            return false;
        _requested = staleness;
        Policy = algorithms.Create(staleness);
        Staleness = staleness;
        return true;
    }
}
