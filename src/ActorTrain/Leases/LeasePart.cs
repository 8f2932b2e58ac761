namespace ActorTrain.Leases;

/// <summary>
/// The samples that one push stands for: a stretch of an epoch's shuffled order. The unit of counting: a shard applies
/// each position of an epoch once.
/// </summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Start">First position in the epoch's order.</param>
/// <param name="Count">Number of positions, ≥ 1.</param>
public readonly record struct LeasePart(int Epoch, int Start, int Count)
{
    /// <summary>The position after the last.</summary>
    public int End => Start + Count;

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Epoch);
        writer.Write(Start);
        writer.Write(Count);
    }

    internal static LeasePart Read(BinaryReader reader) => new(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
}
