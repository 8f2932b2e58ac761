using ActorTrain.Leases;

namespace ActorTrain.Consistency;

/// <summary>
/// How an epoch's order is cut into steps: those of synchronous training, which shards and coordinator compute alike
/// without messages, and those that determine a push's weight.
/// </summary>
/// <param name="GlobalBatch">
/// Samples a step, ≥ 1; the last of an epoch may have fewer, or more by less than <paramref name="Least"/>.
///</param>
/// <param name="Samples">Training samples.</param>
/// <param name="Least">Samples of a gradient at least, ≥ 1: a smaller rest of an epoch belongs to the step before
/// it.</param>
internal readonly record struct StepGrid(int GlobalBatch, int Samples, int Least = 1)
{
    /// <summary>First position of the last step.</summary>
    public int LastStart
    {
        get
        {
            var rest = Samples % GlobalBatch;
            var start = Samples - (rest == 0 ? Math.Min(GlobalBatch, Samples) : rest);
            return rest > 0 && rest < Least && start > 0 ? start - GlobalBatch : start;
        }
    }

    /// <summary>The step that a position belongs to.</summary>
    public SampleRange StepOf(int epoch, int position)
    {
        var start = Math.Min(position - position % GlobalBatch, LastStart);
        return new SampleRange(epoch, start, start == LastStart ? Samples - start : GlobalBatch);
    }

    /// <summary>The step after another.</summary>
    public SampleRange After(SampleRange step) =>
        step.End < Samples ? StepOf(step.Epoch, step.End) : StepOf(step.Epoch + 1, 0);
}
