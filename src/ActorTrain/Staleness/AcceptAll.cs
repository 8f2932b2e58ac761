namespace ActorTrain.Staleness;

/// <summary>Every gradient counts in full, however late: plain asynchronous training.</summary>
public sealed class AcceptAll : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) => Verdict.Applied;
}
