using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ActorTrain.Parameters;

namespace ActorTrain.Lane;

/// <summary>
/// Converts single precision to the shorter transfer types and back. Rounds to nearest, ties to even.
/// </summary>
internal static class Narrowing
{
    /// <summary>Bytes of one number on the wire.</summary>
    public static int SizeOf(TransferDType type) => type == TransferDType.F32 ? sizeof(float) : sizeof(ushort);

    /// <summary>Converts to the shorter type.</summary>
    public static void Narrow(TransferDType type, ReadOnlySpan<float> values, Span<ushort> narrow)
    {
        if (type == TransferDType.F16)
            TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<ushort, Half>(narrow));
        else
            ToBFloat16(values, narrow);
    }

    /// <summary>Converts back.</summary>
    public static void Widen(TransferDType type, ReadOnlySpan<ushort> narrow, Span<float> values)
    {
        if (type == TransferDType.F16)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<ushort, Half>(narrow), values);
        else
            FromBFloat16(narrow, values);
    }

    private static void ToBFloat16(ReadOnlySpan<float> values, Span<ushort> narrow)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var i = 0;
        for (; i <= bits.Length - 2 * Vector256<uint>.Count; i += 2 * Vector256<uint>.Count)
        {
            var low = Round(Vector256.Create(bits[i..]));
            var high = Round(Vector256.Create(bits[(i + Vector256<uint>.Count)..]));
            Vector256.Narrow(low, high).CopyTo(narrow[i..]);
        }
        for (; i < bits.Length; i++)
            narrow[i] = (ushort)(
                float.IsNaN(values[i]) ? bits[i] >> 16 | 0x40 : bits[i] + 0x7FFF + (bits[i] >> 16 & 1) >> 16
            );
    }

    private static Vector256<uint> Round(Vector256<uint> bits)
    {
        var rounded = bits + Vector256.Create(0x7FFFu) + (bits >>> 16 & Vector256<uint>.One) >>> 16;
        // Rounding could carry a NaN's fraction into its sign: setting a bit of the fraction keeps it a NaN.
        var isNaN = Vector256.GreaterThan(bits & Vector256.Create(0x7FFF_FFFFu), Vector256.Create(0x7F80_0000u));
        return Vector256.ConditionalSelect(isNaN, bits >>> 16 | Vector256.Create(0x40u), rounded);
    }

    private static void FromBFloat16(ReadOnlySpan<ushort> narrow, Span<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var i = 0;
        for (; i <= narrow.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(narrow[i..]));
            (low << 16).CopyTo(bits[i..]);
            (high << 16).CopyTo(bits[(i + Vector256<uint>.Count)..]);
        }
        for (; i < narrow.Length; i++)
            bits[i] = (uint)narrow[i] << 16;
    }
}
