namespace ActorTrain.Staleness;

/// <summary>Every gradient counts in full, however stale: plain asynchronous training.</summary>
internal sealed class AcceptAll : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) => Verdict.Applied;
}
