using System.Runtime.InteropServices;

namespace ActorTrain.Parameters;

/// <summary>The dtype of a tensor's elements; the names are those of safetensors.</summary>
public enum ElementType : byte
{
    /// <summary>Single precision.</summary>
    F32,

    /// <summary>Double precision.</summary>
    F64,

    /// <summary>Half precision.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a single.</summary>
    BF16,

    /// <summary>Signed integers of 64 bits.</summary>
    I64,

    /// <summary>Signed integers of 32 bits.</summary>
    I32,

    /// <summary>Signed integers of 16 bits.</summary>
    I16,

    /// <summary>Signed integers of 8 bits.</summary>
    I8,

    /// <summary>Unsigned integers of 8 bits.</summary>
    U8,

    /// <summary>True or false, one byte.</summary>
    Bool,
}

/// <summary>Properties of element types, and access to elements.</summary>
internal static class ElementTypes
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

    /// <summary>Whether it is a floating-point type, so that elements can be averaged.</summary>
    public static bool IsFloat(this ElementType type) => type <= ElementType.BF16;

    /// <summary>Its name in a safetensors file.</summary>
    internal static string SavedName(this ElementType type) => type == ElementType.Bool ? "BOOL" : type.ToString();

    /// <summary>An element as a number.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="bytes">The tensor's bytes.</param>
    /// <param name="index">The element's index.</param>
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

    /// <summary>Writes a number as an element of a floating-point type, rounded to the nearest.</summary>
    internal static void Write(this ElementType type, Span<byte> bytes, int index, double value)
    {
        var target = bytes[(index * type.Size())..];
        switch (type)
        {
            case ElementType.F32:
                MemoryMarshal.Write(target, (float)value);
                break;
            case ElementType.F64:
                MemoryMarshal.Write(target, value);
                break;
            case ElementType.F16:
                MemoryMarshal.Write(target, (Half)value);
                break;
            case ElementType.BF16:
                MemoryMarshal.Write(target, UpperHalf((float)value));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Only floating-point types can be written.");
        }
    }

    // Rounds to nearest, ties to even, as PyTorch does.
    private static ushort UpperHalf(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
