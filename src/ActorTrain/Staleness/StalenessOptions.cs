using ActorTrain.Settings;

namespace ActorTrain.Staleness;

/// <summary>What a late gradient is worth.</summary>
public enum StalenessPolicy
{
    /// <summary>As much as any other: <see cref="AcceptAll"/>.</summary>
    Accept,

    /// <summary>1/(1+τ): <see cref="Staleness.Inverse"/>.</summary>
    Inverse,

    /// <summary>α/τ: <see cref="Staleness.StalenessAware"/>.</summary>
    StalenessAware,
}

/// <summary>What is done about staleness: section <c>actortrain.job.staleness</c>. Can be changed while a job runs.</summary>
/// <param name="Policy">What a late gradient is worth.</param>
/// <param name="Bound">Staleness, in versions, beyond which a gradient is refused; 0 refuses none.</param>
/// <param name="Lead">Leases that a worker may have finished more than the slowest, in the time that both took part; 0 holds nobody back.</param>
/// <param name="DemoteAfter">Stale leases in a row after which a worker gets smaller ones, and after as many more, only evaluation; 0 demotes nobody.</param>
/// <param name="Rest">How long a worker that only evaluates does so before it is tried again.</param>
public sealed record StalenessOptions(StalenessPolicy Policy, long Bound, int Lead, int DemoteAfter, TimeSpan Rest)
{
    /// <summary>In words, as in configuration.</summary>
    public override string ToString() =>
        $"policy = {Choices.NameOf(Policy)}, bound = {Bound}, lead = {Lead}, demote-after = {DemoteAfter}, rest = {Rest.TotalSeconds:0.###}s";
}
