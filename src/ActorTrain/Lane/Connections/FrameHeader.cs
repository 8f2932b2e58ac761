using System.Buffers.Binary;
using ActorTrain.Parameters;

namespace ActorTrain.Lane.Connections;

/// <summary>How a payload follows its header.</summary>
internal enum TransferForm : byte
{
    /// <summary>As f32.</summary>
    F32 = TransferDType.F32,

    /// <summary>As bfloat16.</summary>
    BF16 = TransferDType.BF16,

    /// <summary>As half precision.</summary>
    F16 = TransferDType.F16,

    /// <summary>Not sent: a <see cref="MemoryReference"/> locates it in the sender's memory.</summary>
    Reference = 255,
}

/// <summary>
/// The first bytes of a message on the wire, little-endian: magic (4), kind (1), form of the payload (1), route (2),
/// length of the message's header (2), reserved (2), length of the payload in floats (4), sequence number on the
/// connection (4). Then the header, then the payload. Kind 0 names a route instead: its header is the receiver's path,
/// a line feed, and the sender's path.
/// </summary>
internal readonly record struct FrameHeader(
    byte Kind,
    TransferForm Form,
    ushort Route,
    ushort HeaderLength,
    int PayloadLength,
    uint Sequence
)
{
    public const int Size = 20;
    public const byte RouteKind = 0;
    private const uint Magic = 0x324C5441; // "ATL2"

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = Kind;
        bytes[5] = (byte)Form;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], Route);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], HeaderLength);
        bytes[10..12].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Sequence);
    }

    /// <summary>Reads a header that was received.</summary>
    /// <exception cref="LaneViolationException">It is no header, or a field is out of range.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            throw new LaneViolationException("a message does not begin as one");
        var header = new FrameHeader(
            bytes[4],
            (TransferForm)bytes[5],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..])
        );
        if (!Enum.IsDefined(header.Form))
            throw new LaneViolationException($"a payload has the unknown form {(byte)header.Form}");
        if (header.PayloadLength < 0)
            throw new LaneViolationException($"a payload has {header.PayloadLength} floats");
        return header;
    }
}
