using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ActorTrain.Torch.Data;

/// <summary>Fingerprints of data sets: 16 hexadecimal digits that differ when any sample does.</summary>
public static class Fingerprint
{
    private const int MostNumbers = 1 << 26;

    /// <summary>The fingerprint of bytes, in order.</summary>
    public static string Compute(params IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            hash.AppendData(part.Span);
        return Digits(hash);
    }

    /// <summary>The fingerprint of numbers, in order.</summary>
    public static string Compute(params IEnumerable<ReadOnlyMemory<float>> parts) => Compute(parts, MostNumbers);

    /// <summary>The fingerprint of numbers, hashed some at a time: a span of bytes is too short for a long span of
    /// floats.</summary>
    internal static string Compute(IEnumerable<ReadOnlyMemory<float>> parts, int atATime)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            for (var rest = part; !rest.IsEmpty; rest = rest[Math.Min(atATime, rest.Length)..])
                hash.AppendData(MemoryMarshal.AsBytes(rest[..Math.Min(atATime, rest.Length)].Span));
        return Digits(hash);
    }

    private static string Digits(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
}
