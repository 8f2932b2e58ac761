using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ActorTrain.Torch.Data;

/// <summary>Fingerprints of data sets: 16 hexadecimal digits that differ when any sample does.</summary>
public static class Fingerprint
{
    /// <summary>Of bytes, in order.</summary>
    public static string Of(params IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts) hash.AppendData(part.Span);
        return Digits(hash);
    }

    /// <summary>Of numbers, in order.</summary>
    public static string Of(params IEnumerable<ReadOnlyMemory<float>> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts) hash.AppendData(MemoryMarshal.AsBytes(part.Span));
        return Digits(hash);
    }

    private static string Digits(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
}
