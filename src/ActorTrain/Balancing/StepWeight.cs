using ActorTrain.Consistency;
using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>
/// The weight of a push, in steps of training with one worker. An epoch of n samples is ⌈n/B⌉ steps with batches of B,
/// the last of which may be smaller, and each sample is an equal part of its step. So the weights of an epoch's pushes
/// have the same sum for every cut, and Σ wᵢ·ĝᵢ over the pushes of one batch is that batch's gradient.
/// </summary>
internal static class StepWeight
{
    /// <summary>The weight of a push: 1 for a whole batch, and for the smaller batch at an epoch's end.</summary>
    /// <param name="part">The samples of the push.</param>
    /// <param name="batch">Samples of a whole step: the job's batch size, or the samples of all local steps of a
    /// push.</param>
    /// <param name="samples">Training samples.</param>
    /// <param name="least">Samples a gradient has at least: a smaller rest of an epoch belongs to the batch before
    /// it.</param>
    public static float Compute(SampleRange part, int batch, int samples, int least = 1)
    {
        var last = new StepGrid(batch, samples, least).LastStart;
        var inWhole = Math.Clamp(last - part.Start, 0, part.Count);
        return (float)(
            (double)inWhole / batch + (inWhole == part.Count ? 0 : (double)(part.Count - inWhole) / (samples - last))
        );
    }
}
