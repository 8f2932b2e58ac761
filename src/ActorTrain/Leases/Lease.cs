namespace ActorTrain.Leases;

/// <summary>Samples that one worker is to train on: a stretch of an epoch's order, cut into parts of one micro-batch each.</summary>
/// <param name="Id">Number of this grant; a stretch that is granted again gets a new one.</param>
/// <param name="Stretch">The positions.</param>
/// <param name="MicroBatch">Samples a part, ≥ 1; the last may be smaller.</param>
public sealed record Lease(long Id, LeasePart Stretch, int MicroBatch)
{
    /// <summary>The micro-batches, in order.</summary>
    public IReadOnlyList<LeasePart> Parts => Stretch.Cut(MicroBatch);
}
