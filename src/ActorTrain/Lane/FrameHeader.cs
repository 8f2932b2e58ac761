using System.Buffers.Binary;

namespace ActorTrain.Lane;

/// <summary>
/// The first bytes of a message on the wire, little-endian: magic (4), kind (1), reserved (3), length of the target's path (2), of the
/// sender's path (2), of the message's header (4), and of the payload in floats (4). Then these four, in this order.
/// </summary>
internal readonly record struct FrameHeader(byte Kind, int TargetLength, int SenderLength, int HeaderLength, int PayloadLength)
{
    public const int Size = 20;
    public const int LongestPath = 2048;
    public const int LongestHeader = 64 * 1024;
    private const uint Magic = 0x314C5441; // "ATL1"

    /// <summary>Bytes that follow.</summary>
    public long BodyLength => TargetLength + SenderLength + HeaderLength + sizeof(float) * (long)PayloadLength;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = Kind;
        bytes[5..8].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], (ushort)TargetLength);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], (ushort)SenderLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], HeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], PayloadLength);
    }

    /// <summary>Reads a header that was received.</summary>
    /// <exception cref="LaneViolationException">It is not one, or a length is beyond its bound.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic) throw new LaneViolationException("a message does not begin as one");
        var header = new FrameHeader(
            bytes[4],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]));
        if (header.TargetLength is 0 or > LongestPath) throw new LaneViolationException($"a target's path has {header.TargetLength} bytes");
        if (header.SenderLength > LongestPath) throw new LaneViolationException($"a sender's path has {header.SenderLength} bytes");
        if (header.HeaderLength is < 0 or > LongestHeader) throw new LaneViolationException($"a message's header has {header.HeaderLength} bytes");
        if (header.PayloadLength < 0) throw new LaneViolationException($"a payload has {header.PayloadLength} floats");
        return header;
    }
}
