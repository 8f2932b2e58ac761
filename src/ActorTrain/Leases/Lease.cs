namespace ActorTrain.Leases;

/// <summary>Samples that one worker is to train on: a stretch of an epoch's order, cut into parts of one micro-batch each.</summary>
/// <param name="Id">Number of this grant; a stretch that is granted again gets a new one.</param>
/// <param name="Stretch">The positions.</param>
public sealed record Lease(long Id, LeasePart Stretch)
{
    /// <summary>The micro-batches, in order; the last may be smaller.</summary>
    /// <param name="batch">Samples a micro-batch.</param>
    public IReadOnlyList<LeasePart> Parts(int batch)
    {
        var parts = new List<LeasePart>();
        for (var start = Stretch.Start; start < Stretch.End; start += batch)
            parts.Add(new LeasePart(Stretch.Epoch, start, Math.Min(batch, Stretch.End - start)));
        return parts;
    }
}
