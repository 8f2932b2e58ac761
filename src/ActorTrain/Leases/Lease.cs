namespace ActorTrain.Leases;

/// <summary>
/// The sample range that a worker trains on, cut into parts: one push each.
/// </summary>
/// <param name="Id">Number of this grant; a range that is granted again gets a new one.</param>
/// <param name="Range">The positions.</param>
/// <param name="MicroBatchSize">Samples a gradient, ≥ 1; the last may be smaller, or larger by less than
/// <paramref name="Least"/>.</param>
/// <param name="LocalSteps">Steps that the worker takes on its own copy of the parameters before it pushes, ≥ 1; 0
/// where each gradient is a push, and the shards take the step.</param>
/// <param name="Least">Samples a gradient has at least, where there are as many, ≥ 1: a smaller rest joins the gradient
/// before it.</param>
internal sealed record Lease(long Id, SampleRange Range, int MicroBatchSize, int LocalSteps = 0, int Least = 1)
{
    /// <summary>Samples a push; the last may be smaller, or larger by less than <see cref="Least"/>.</summary>
    public int PartSamples => MicroBatchSize * Math.Max(1, LocalSteps);

    /// <summary>The samples of each push, in order.</summary>
    public IReadOnlyList<SampleRange> Parts => Range.Cut(PartSamples, Least);
}
