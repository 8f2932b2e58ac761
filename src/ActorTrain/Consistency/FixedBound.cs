namespace ActorTrain.Consistency;

/// <summary>The same bound for all workers at all times (Ho et al. 2013, SSP).</summary>
/// <param name="staleness">s: clocks that a worker may be ahead, ≥ 0.</param>
internal sealed class FixedBound(long staleness) : IConsistencyModel
{
    /// <inheritdoc/>
    public long MostAhead(Pace worker, Pace slowest) => staleness;
}
