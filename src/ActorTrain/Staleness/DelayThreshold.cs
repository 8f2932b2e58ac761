using ActorTrain.Sentences;

namespace ActorTrain.Staleness;

/// <summary>
/// Refuses a gradient whose delay is R or more, and gives every other its full weight (Maranjyan, Tyurin and Richtárik
/// 2025, "Ringmaster ASGD", without calculation stops). The paper drops the gradient; here its samples are trained
/// again, so that each counts once. R = 1 takes only fresh gradients.
/// </summary>
/// <param name="threshold">R, in versions, ≥ 1.</param>
internal sealed class DelayThreshold(long threshold) : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) =>
        staleness >= threshold
            ? Verdict.Refuse(
                Refusal.TooStale,
                $"its staleness of {Plural.Format(staleness, "version")} is at or beyond the threshold of {threshold}"
            )
            : Verdict.Applied;
}
