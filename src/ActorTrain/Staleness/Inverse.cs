namespace ActorTrain.Staleness;

/// <summary>
/// Scales a gradient by 1/(1+τ): the softest of the inverse rules, which already halves a gradient that is one update
/// late.
/// </summary>
public sealed class Inverse : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) => Verdict.Scaled(1f / (1 + staleness));
}
