namespace ActorTrain.Staleness;

/// <summary>
/// Scales a gradient by 1/(1+τ): it already halves a gradient with a staleness of 1.
/// </summary>
internal sealed class Inverse : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) => Verdict.Scaled(1f / (1 + staleness));
}
