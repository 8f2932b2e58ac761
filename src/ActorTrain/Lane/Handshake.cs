using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorTrain.Lane;

/// <summary>The first words on a connection: magic (4), version (2), token (32); answered by one byte when they are right.</summary>
internal static class Handshake
{
    public const int Size = 38;
    public const byte Welcome = 1;
    private const uint Magic = 0x484C5441; // "ATLH"
    private const ushort Version = 1;

    public static byte[] NewToken() => RandomNumberGenerator.GetBytes(32);

    public static void Write(Span<byte> bytes, ReadOnlySpan<byte> token)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], Version);
        token.CopyTo(bytes[6..]);
    }

    /// <exception cref="LaneViolationException">The words are wrong.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> token)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic) throw new LaneViolationException("it does not speak the lane's language");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        if (version != Version) throw new LaneViolationException($"it speaks version {version} of the lane, and this node version {Version}");
        if (!CryptographicOperations.FixedTimeEquals(bytes[6..Size], token)) throw new LaneViolationException("its token is not this node's");
    }
}
