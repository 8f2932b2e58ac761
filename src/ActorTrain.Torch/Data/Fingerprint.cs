using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ActorTrain.Torch.Data;

/// <summary>Fingerprints of data sets: 16 hexadecimal digits that differ when any sample does.</summary>
public static class Fingerprint
{
    private const int MostNumbers = 1 << 26;

    /// <summary>Of bytes, in order.</summary>
    public static string Of(params IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            hash.AppendData(part.Span);
        return Digits(hash);
    }

    /// <summary>Of numbers, in order.</summary>
    public static string Of(params IEnumerable<ReadOnlyMemory<float>> parts) => Of(parts, MostNumbers);

    /// <summary>Of numbers, hashed some at a time: a long span of floats has more bytes than a span can.</summary>
    internal static string Of(IEnumerable<ReadOnlyMemory<float>> parts, int atATime)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            for (var rest = part; !rest.IsEmpty; rest = rest[Math.Min(atATime, rest.Length)..])
                hash.AppendData(MemoryMarshal.AsBytes(rest[..Math.Min(atATime, rest.Length)].Span));
        return Digits(hash);
    }

    private static string Digits(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
}
