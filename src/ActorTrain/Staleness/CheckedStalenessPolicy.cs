using ActorTrain.Sentences;

namespace ActorTrain.Staleness;

/// <summary>
/// A policy that a user has added, whose verdicts are checked: a wrong one must reach neither the weights nor the
/// workers.
/// </summary>
/// <param name="name">The policy in errors, such as <c>staleness policy 'mine'</c>.</param>
/// <param name="policy">The policy.</param>
internal sealed class CheckedStalenessPolicy(string name, IStalenessPolicy policy) : IStalenessPolicy
{
    /// <inheritdoc/>
    public Verdict Judge(long staleness) =>
        Ask(staleness) switch
        {
            { Kind: VerdictKind.Applied, Scale: >= 0 and < float.PositiveInfinity } applied => Verdict.Scaled(
                applied.Scale
            ),
            // Other refusals have consequences for the worker.
            { Kind: VerdictKind.Refused } refused => Verdict.Refuse(
                string.IsNullOrWhiteSpace(refused.Reason) ? $"{name} refuses it" : refused.Reason
            ),
            var wrong => throw new ActorTrainException(
                $"{name} gives a gradient with a staleness of {staleness} the verdict "
                    + $"{wrong?.ToString() ?? "null"}; it must be applied with a finite scale of 0 or more, or refused."
            ),
        };

    private Verdict? Ask(long staleness)
    {
        try
        {
            return policy.Judge(staleness);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new ActorTrainException($"{name} fails: {failure.AsReason()}", failure);
        }
    }
}
