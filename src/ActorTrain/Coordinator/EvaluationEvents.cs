using ActorTrain.Engines;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>The texts of events about evaluations.</summary>
/// <param name="metric">The job's metric.</param>
internal sealed class EvaluationEvents(string metric)
{
    private string Missing => $"the report has no test {metric} for it";

    /// <summary>An evaluation failed at a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="reason">Why.</param>
    /// <param name="hasNext">Whether another node can evaluate the epoch.</param>
    /// <param name="hasWorkers">Whether there are workers at all.</param>
    public static EventDraft Failed(string node, string reason, bool hasNext, bool hasWorkers) =>
        new(
            EvaluationFailed,
            node,
            reason,
            hasNext ? "another node is asked"
                : hasWorkers ? "there is no other node to ask"
                : "the next worker that joins is asked"
        );

    /// <summary>An epoch's weights are no longer kept.</summary>
    public EventDraft Lost(string node, string reason) => new(EvaluationLost, node, reason, Missing);

    /// <summary>Every node has failed at an epoch.</summary>
    public EventDraft GivenUp(int epoch) =>
        new(EvaluationGivenUp, "", $"no node could evaluate epoch {epoch}", Missing);

    /// <summary>The loss of an epoch is not finite.</summary>
    public EventDraft NotFinite(int epoch, Evaluation evaluation) =>
        new(
            EvaluationNotFinite,
            "",
            FormattableString.Invariant($"the test loss of epoch {epoch} is {evaluation.Loss}"),
            $"{Missing}; training may have diverged, and needs a lower learning rate"
        );
}
