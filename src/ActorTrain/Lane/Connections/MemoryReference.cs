using System.Buffers.Binary;

namespace ActorTrain.Lane.Connections;

/// <summary>The place of a payload in the sender's shared memory.</summary>
/// <param name="Descriptor">The sender's descriptor of the memory's file.</param>
/// <param name="Length">Floats in that memory.</param>
/// <param name="Number">Number of that memory in the sender's process.</param>
/// <param name="Start">First float of the payload.</param>
internal readonly record struct MemoryReference(int Descriptor, int Length, long Number, int Start)
{
    public const int Size = 20;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Descriptor);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], Start);
    }

    /// <exception cref="LaneViolationException">A payload of that length is not in that memory.</exception>
    public static MemoryReference Read(ReadOnlySpan<byte> bytes, int payloadLength)
    {
        var reference = new MemoryReference(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..])
        );
        return reference.Start < 0 || reference.Length < 0 || reference.Start > reference.Length - payloadLength
            ? throw new LaneViolationException(
                $"a payload of {payloadLength} floats from {reference.Start} does not lie in a memory of "
                    + $"{reference.Length}"
            )
            : reference;
    }
}
