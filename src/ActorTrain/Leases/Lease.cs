namespace ActorTrain.Leases;

/// <summary>
/// Samples that one worker is to train on: a stretch of an epoch's order, cut into parts that are a push each.
/// </summary>
/// <param name="Id">Number of this grant; a stretch that is granted again gets a new one.</param>
/// <param name="Stretch">The positions.</param>
/// <param name="MicroBatch">Samples a gradient, ≥ 1; the last may be smaller, or larger by less than
/// <paramref name="Least"/>.</param>
/// <param name="LocalSteps">Steps that the worker takes on its own copy of the parameters before it pushes, ≥ 1; 0
/// where each gradient is a push, and the shards take the step.</param>
/// <param name="Least">Samples a gradient has at least, where there are as many, ≥ 1: a smaller rest joins the gradient
/// before it.</param>
public sealed record Lease(long Id, LeasePart Stretch, int MicroBatch, int LocalSteps = 0, int Least = 1)
{
    /// <summary>Samples a push; the last may be smaller, or larger by less than <see cref="Least"/>.</summary>
    public int PartSamples => MicroBatch * Math.Max(1, LocalSteps);

    /// <summary>What a push each stands for, in order.</summary>
    public IReadOnlyList<LeasePart> Parts => Stretch.Cut(PartSamples, Least);
}
