namespace ActorTrain.Leases;

/// <summary>
/// Consecutive positions of an epoch's shuffled order, such as the samples of a push. A shard applies each position of
/// an epoch once.
/// </summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Start">First position in the epoch's order.</param>
/// <param name="Count">Number of positions, ≥ 1.</param>
internal readonly record struct SampleRange(int Epoch, int Start, int Count)
{
    /// <summary>The position after the last.</summary>
    public int End => Start + Count;

    /// <summary>No positions at all.</summary>
    public static SampleRange None => default;

    /// <summary>Whether all of another's positions are its own.</summary>
    public bool Contains(SampleRange other) => Epoch == other.Epoch && Start <= other.Start && other.End <= End;

    /// <summary>
    /// The same positions in pieces, in order. The last piece may be smaller; where it would have fewer than
    /// <paramref name="least"/> positions, it joins the piece before it.
    /// </summary>
    /// <param name="samples">Positions a piece, ≥ 1.</param>
    /// <param name="least">Positions a piece has at least, where there are as many, ≥ 1.</param>
    /// <param name="most">
    /// Positions a piece may have, ≥ <paramref name="samples"/>: where the joined piece would have more, it is halved.
    /// </param>
    public IReadOnlyList<SampleRange> Cut(int samples, int least = 1, int most = int.MaxValue)
    {
        var pieces = new List<SampleRange>((Count + samples - 1) / samples);
        for (var start = Start; start < End; start += samples)
            pieces.Add(new SampleRange(Epoch, start, Math.Min(samples, End - start)));
        if (pieces.Count < 2 || pieces[^1].Count >= least)
            return pieces;
        var joined = new SampleRange(Epoch, pieces[^2].Start, pieces[^2].Count + pieces[^1].Count);
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

    internal static void Write(BinaryWriter writer, SampleRange? part)
    {
        writer.Write(part is not null);
        part?.Write(writer);
    }

    internal static SampleRange? ReadOrNull(BinaryReader reader) => reader.ReadBoolean() ? Read(reader) : null;

    internal static SampleRange Read(BinaryReader reader) =>
        new(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
}
