namespace ActorTrain.Staleness;

/// <summary>A policy of a user, whose verdicts are checked: a wrong one must not reach the weights.</summary>
/// <param name="name">The policy's name.</param>
/// <param name="policy">The policy.</param>
internal sealed class CheckedStalenessPolicy(string name, IStalenessPolicy policy) : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) =>
        policy.Judge(staleness) switch
        {
            { Kind: VerdictKind.Applied, Scale: >= 0 and < float.PositiveInfinity } applied => applied,
            { Kind: VerdictKind.Refused } refused => refused,
            var wrong => throw new ActorTrainException(
                $"staleness policy '{name}' gives a gradient with a staleness of {staleness} the verdict "
                    + $"{wrong?.ToString() ?? "null"}; it must be applied with a finite scale of 0 or more, or refused."
            ),
        };
}
