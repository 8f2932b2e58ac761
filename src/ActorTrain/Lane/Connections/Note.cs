using System.Buffers.Binary;

namespace ActorTrain.Lane.Connections;

/// <summary>What the receiving side of a connection tells the sending side.</summary>
internal enum NoteKind : byte
{
    /// <summary>So many bytes were read by their actor: as many more may come.</summary>
    Credit = 1,

    /// <summary>
    /// The payload of the message with this sequence number, which lies in the sender's memory, was read.
    /// </summary>
    Read = 2,
}

/// <summary>A word against the stream: kind (1), value (8).</summary>
internal readonly record struct Note(NoteKind Kind, long Value)
{
    public const int Size = 9;

    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], Value);
    }

    /// <exception cref="LaneViolationException">It is none.</exception>
    public static Note Read(ReadOnlySpan<byte> bytes)
    {
        var kind = (NoteKind)bytes[0];
        return Enum.IsDefined(kind)
            ? new Note(kind, BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]))
            : throw new LaneViolationException($"a note of the unknown kind {bytes[0]} came");
    }
}
