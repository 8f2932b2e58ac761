using System.Runtime.InteropServices;

namespace ActorTrain.Parameters;

/// <summary>What the elements of a tensor are; the names are those of safetensors.</summary>
public enum ElementType : byte
{
    /// <summary>Single precision.</summary>
    F32,

    /// <summary>Double precision.</summary>
    F64,

    /// <summary>Half precision.</summary>
    F16,

    /// <summary>The upper half of a single.</summary>
    BF16,

    /// <summary>Whole numbers of 64 bits.</summary>
    I64,

    /// <summary>Whole numbers of 32 bits.</summary>
    I32,

    /// <summary>Whole numbers of 16 bits.</summary>
    I16,

    /// <summary>Whole numbers of 8 bits.</summary>
    I8,

    /// <summary>Whole numbers of 8 bits from 0.</summary>
    U8,

    /// <summary>True or false, a byte each.</summary>
    Bool,
}

/// <summary>What can be said of the types of elements.</summary>
public static class ElementTypes
{
    /// <summary>Bytes an element.</summary>
    public static int Size(this ElementType type) =>
        type switch
        {
            ElementType.F64 or ElementType.I64 => 8,
            ElementType.F32 or ElementType.I32 => 4,
            ElementType.F16 or ElementType.BF16 or ElementType.I16 => 2,
            _ => 1,
        };

    /// <summary>Whether it is a fraction, so that a mean makes sense.</summary>
    public static bool IsFloat(this ElementType type) => type <= ElementType.BF16;

    /// <summary>Its name in a safetensors file.</summary>
    internal static string SavedName(this ElementType type) => type == ElementType.Bool ? "BOOL" : type.ToString();

    /// <summary>An element as a number.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="bytes">The tensor's bytes.</param>
    /// <param name="index">Which element.</param>
    internal static double Read(this ElementType type, ReadOnlySpan<byte> bytes, int index) =>
        type switch
        {
            ElementType.F32 => MemoryMarshal.Cast<byte, float>(bytes)[index],
            ElementType.F64 => MemoryMarshal.Cast<byte, double>(bytes)[index],
            ElementType.F16 => (double)MemoryMarshal.Cast<byte, Half>(bytes)[index],
            ElementType.BF16 => BitConverter.Int32BitsToSingle(MemoryMarshal.Cast<byte, ushort>(bytes)[index] << 16),
            ElementType.I64 => MemoryMarshal.Cast<byte, long>(bytes)[index],
            ElementType.I32 => MemoryMarshal.Cast<byte, int>(bytes)[index],
            ElementType.I16 => MemoryMarshal.Cast<byte, short>(bytes)[index],
            ElementType.I8 => (sbyte)bytes[index],
            _ => bytes[index],
        };

    /// <summary>Writes a number as an element of one of the types of fractions, rounded to the nearest.</summary>
    internal static void Write(this ElementType type, Span<byte> bytes, int index, double value)
    {
        var place = bytes[(index * type.Size())..];
        switch (type)
        {
            case ElementType.F32:
                MemoryMarshal.Write(place, (float)value);
                break;
            case ElementType.F64:
                MemoryMarshal.Write(place, value);
                break;
            case ElementType.F16:
                MemoryMarshal.Write(place, (Half)value);
                break;
            case ElementType.BF16:
                MemoryMarshal.Write(place, UpperHalf((float)value));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Only fractions are written so.");
        }
    }

    // To the nearest, ties to even, as PyTorch rounds.
    private static ushort UpperHalf(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
