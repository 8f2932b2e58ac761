using ActorTrain.Consistency;
using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>
/// What a push weighs, in steps of the plain loop. An epoch of n samples is ⌈n/B⌉ steps with batches of B, the last of
/// which may be smaller, and each sample has its part of its step; so however the epoch is cut into pushes, all of them
/// together weigh the same, and Σ wᵢ·ĝᵢ over the pushes that cut up one batch is that batch's gradient.
/// </summary>
public static class StepWeight
{
    /// <summary>The weight of a push: 1 for a whole batch, and for the smaller batch at an epoch's end.</summary>
    /// <param name="part">The samples that it stands for.</param>
    /// <param name="batch">Samples of a whole step: the job's batch, or as many as all local steps of a push
    /// take.</param>
    /// <param name="samples">Training samples.</param>
    /// <param name="least">Samples a gradient has at least: a smaller rest of an epoch belongs to the batch before
    /// it.</param>
    public static float Of(LeasePart part, int batch, int samples, int least = 1)
    {
        var last = new StepGrid(batch, samples, least).LastStart;
        var inWhole = Math.Clamp(last - part.Start, 0, part.Count);
        return (float)(
            (double)inWhole / batch + (inWhole == part.Count ? 0 : (double)(part.Count - inWhole) / (samples - last))
        );
    }
}
