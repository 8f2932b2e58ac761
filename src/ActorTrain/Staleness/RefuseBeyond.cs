using ActorTrain.Sentences;

namespace ActorTrain.Staleness;

/// <summary>Refuses what is later than a bound, and leaves the rest to another policy.</summary>
/// <param name="bound">The staleness that is still accepted, in versions, ≥ 1.</param>
/// <param name="within">Judges what is not refused.</param>
public sealed class RefuseBeyond(long bound, IStalenessPolicy within) : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) =>
        staleness > bound
            ? Verdict.Refuse(
                Refusal.TooStale,
                $"its staleness of {Plural.Of(staleness, "version")} is beyond the bound of {bound}"
            )
            : within.Judge(staleness);
}
