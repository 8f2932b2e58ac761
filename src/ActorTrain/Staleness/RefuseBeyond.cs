using ActorTrain.Sentences;

namespace ActorTrain.Staleness;

/// <summary>Refuses gradients with a staleness above a bound; another policy judges the rest.</summary>
/// <param name="bound">The staleness that is still accepted, in versions, ≥ 1.</param>
/// <param name="within">Judges gradients within the bound.</param>
internal sealed class RefuseBeyond(long bound, IStalenessPolicy within) : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) =>
        staleness > bound
            ? Verdict.Refuse(
                Refusal.TooStale,
                $"its staleness of {Plural.Format(staleness, "version")} is beyond the bound of {bound}"
            )
            : within.Judge(staleness);
}
