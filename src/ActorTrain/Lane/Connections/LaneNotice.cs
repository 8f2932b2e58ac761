using System.Buffers.Binary;

namespace ActorTrain.Lane.Connections;

/// <summary>The kinds of notices from the receiving to the sending side of a connection.</summary>
internal enum NoticeKind : byte
{
    /// <summary>This many bytes were read by their actor: as many more may be sent.</summary>
    Credit = 1,

    /// <summary>
    /// The payload of the message with this sequence number, which lies in the sender's memory, was read.
    /// </summary>
    Read = 2,
}

/// <summary>A notice against the direction of the messages: kind (1), value (8).</summary>
internal readonly record struct LaneNotice(NoticeKind Kind, long Value)
{
    public const int Size = 9;

    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], Value);
    }

    /// <exception cref="LaneViolationException">The kind is unknown.</exception>
    public static LaneNotice Read(ReadOnlySpan<byte> bytes)
    {
        var kind = (NoticeKind)bytes[0];
        return Enum.IsDefined(kind)
            ? new LaneNotice(kind, BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]))
            : throw new LaneViolationException($"a notice of the unknown kind {bytes[0]} came");
    }
}
