namespace ActorTrain.Staleness;

/// <summary>Decides what a late gradient is worth.</summary>
public interface IStalenessPolicy
{
    /// <summary>The verdict on a gradient.</summary>
    /// <param name="staleness">Updates that the shard has applied since the version it was computed from, ≥ 0.</param>
    Verdict Judge(long staleness);
}

/// <summary>Every gradient counts in full, however late: plain asynchronous training.</summary>
public sealed class AcceptAll : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) => Verdict.Applied;
}
