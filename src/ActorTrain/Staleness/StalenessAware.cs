namespace ActorTrain.Staleness;

/// <summary>
/// Scales a gradient by 1/τ, so that its learning rate is α/τ (Zhang et al. 2016, "Staleness-aware Async-SGD", eq. 5);
/// up to a staleness of 1 it counts in full.
/// </summary>
internal sealed class StalenessAware : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) => Verdict.Scaled(1f / Math.Max(1, staleness));
}
