using ActorTrain.Leases;

namespace ActorTrain.Consistency;

/// <summary>How an epoch's order is cut into the steps of synchronous training: the same for shards and coordinator, who never speak of it.</summary>
/// <param name="GlobalBatch">Samples a step, ≥ 1; the last of an epoch may have fewer.</param>
/// <param name="Samples">Training samples.</param>
public readonly record struct StepGrid(int GlobalBatch, int Samples)
{
    /// <summary>The step that a position belongs to.</summary>
    public LeasePart StepOf(int epoch, int position)
    {
        var start = position - position % GlobalBatch;
        return new LeasePart(epoch, start, Math.Min(GlobalBatch, Samples - start));
    }

    /// <summary>The step after another.</summary>
    public LeasePart After(LeasePart step) => step.End < Samples ? StepOf(step.Epoch, step.End) : StepOf(step.Epoch + 1, 0);
}
