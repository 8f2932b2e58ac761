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

    /// <summary>No positions at all.</summary>
    public static LeasePart None => default;

    /// <summary>Whether all of another's positions are its own.</summary>
    public bool Contains(LeasePart other) => Epoch == other.Epoch && Start <= other.Start && other.End <= End;

    /// <summary>
    /// The same positions in pieces, in order. The last piece may be smaller; where it would have fewer than
    /// <paramref name="least"/> positions, it joins the piece before it.
    /// </summary>
    /// <param name="samples">Positions a piece, ≥ 1.</param>
    /// <param name="least">Positions a piece has at least, where there are as many, ≥ 1.</param>
    /// <param name="most">
    /// Positions a piece may have, ≥ <paramref name="samples"/>: where the joined piece would have more, it is halved.
    /// </param>
    public IReadOnlyList<LeasePart> Cut(int samples, int least = 1, int most = int.MaxValue)
    {
        var pieces = new List<LeasePart>((Count + samples - 1) / samples);
        for (var start = Start; start < End; start += samples)
            pieces.Add(new LeasePart(Epoch, start, Math.Min(samples, End - start)));
        if (pieces.Count < 2 || pieces[^1].Count >= least)
            return pieces;
        var joined = new LeasePart(Epoch, pieces[^2].Start, pieces[^2].Count + pieces[^1].Count);
        pieces.RemoveRange(pieces.Count - 2, 2);
        if (joined.Count <= most)
            pieces.Add(joined);
        else
            pieces.AddRange(joined.Cut((joined.Count + 1) / 2));
        return pieces;
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Epoch);
        writer.Write(Start);
        writer.Write(Count);
    }

    internal static void Write(BinaryWriter writer, LeasePart? part)
    {
        writer.Write(part is not null);
        part?.Write(writer);
    }

    internal static LeasePart? ReadOrNull(BinaryReader reader) => reader.ReadBoolean() ? Read(reader) : null;

    internal static LeasePart Read(BinaryReader reader) =>
        new(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
}
