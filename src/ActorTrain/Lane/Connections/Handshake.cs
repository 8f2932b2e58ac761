using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// The first bytes on a connection, little-endian: magic (4), version (2), token (32), length of the address (2),
/// process (4), descriptor of its <see cref="MemoryProbe"/> (4), number in it (8); then the address of the node that
/// connects.
/// </summary>
/// <param name="Node">The node that connects.</param>
/// <param name="Process">Its process.</param>
/// <param name="Probe">Lets the other side check whether it can map the node's memory; null where that is not
/// shared.</param>
internal sealed record Handshake(Address Node, int Process, MemoryProbe.Challenge? Probe)
{
    public const int Size = 56;
    private const uint Magic = 0x484C5441; // "ATLH"
    private const ushort Version = 2;
    private const int LongestAddress = 1024;

    public static byte[] NewToken() => RandomNumberGenerator.GetBytes(32);

    public byte[] ToBytes(ReadOnlySpan<byte> token)
    {
        var address = Encoding.UTF8.GetBytes(Node.ToString());
        var bytes = new byte[Size + address.Length];
        var span = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(span[4..], Version);
        token.CopyTo(span[6..]);
        BinaryPrimitives.WriteUInt16LittleEndian(span[38..], (ushort)address.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[40..], Process);
        BinaryPrimitives.WriteInt32LittleEndian(span[44..], Probe?.Descriptor ?? -1);
        BinaryPrimitives.WriteInt64LittleEndian(span[48..], Probe?.Number ?? 0);
        address.CopyTo(span[Size..]);
        return bytes;
    }

    /// <summary>Checks the first <see cref="Size"/> bytes; returns how many follow.</summary>
    /// <exception cref="LaneViolationException">The handshake is wrong.</exception>
    public static int LengthOfAddress(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> token)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            throw new LaneViolationException("it does not speak the lane's protocol");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        if (version != Version)
            throw new LaneViolationException(
                $"it speaks version {version} of the lane, and this node version {Version}"
            );
        if (!CryptographicOperations.FixedTimeEquals(bytes[6..38], token))
            throw new LaneViolationException("its token is not this node's");
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[38..]);
        return length is > 0 and <= LongestAddress
            ? length
            : throw new LaneViolationException($"its address has {Plural.Format(length, "byte")}");
    }

    /// <summary>Reads all bytes, the first of which were checked.</summary>
    /// <exception cref="LaneViolationException">The handshake is wrong.</exception>
    public static Handshake Read(ReadOnlySpan<byte> bytes)
    {
        var process = BinaryPrimitives.ReadInt32LittleEndian(bytes[40..]);
        var descriptor = BinaryPrimitives.ReadInt32LittleEndian(bytes[44..]);
        var number = BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]);
        return ActorPath.TryParseAddress(Encoding.UTF8.GetString(bytes[Size..]), out var node)
            ? new Handshake(node, process, descriptor < 0 ? null : new MemoryProbe.Challenge(descriptor, number))
            : throw new LaneViolationException("its address is invalid");
    }
}

/// <summary>
/// The answer to a correct <see cref="Handshake"/>: acceptance (1), whether memory can be shared (1), and the initial
/// credit (8).
/// </summary>
internal readonly record struct Welcome(bool SharesMemory, long Credit)
{
    public const int Size = 10;
    private const byte Accepted = 1;

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        (bytes[0], bytes[1]) = (Accepted, SharesMemory ? (byte)1 : (byte)0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), Credit);
        return bytes;
    }

    /// <exception cref="IOException">It is another answer.</exception>
    public static Welcome Receive(Socket socket)
    {
        Span<byte> bytes = stackalloc byte[Size];
        socket.ReceiveAll(bytes);
        return bytes[0] == Accepted
            ? new Welcome(bytes[1] == 1, BinaryPrimitives.ReadInt64LittleEndian(bytes[2..]))
            : throw new IOException("the other side did not accept the connection");
    }
}
