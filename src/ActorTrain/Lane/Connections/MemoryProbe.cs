using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Shows whether one process can map another's memory: it must find there the number that the other says. (Two
/// containers on one machine may see each other's sockets and yet mean different processes by one number.)
/// </summary>
internal sealed class MemoryProbe
{
    private readonly TensorMemory _memory;
    private readonly long _number = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>What the other process needs to look.</summary>
    public readonly record struct Sign(int Descriptor, long Number);

    private MemoryProbe(TensorMemory memory)
    {
        _memory = memory;
        MemoryMarshal.Cast<float, long>(memory.GetSpan())[0] = _number;
    }

    /// <summary>A probe; null where this system shares no memory.</summary>
    public static MemoryProbe? TryCreate()
    {
        var memory = TensorMemory.Allocate(2, shared: true);
        return memory.File is null ? null : new MemoryProbe(memory);
    }

    public Sign ToSign() => new(_memory.File!.Descriptor, _number);

    /// <summary>Whether this process can map the memory of another.</summary>
    public static bool CanMap(int process, Sign sign)
    {
        try
        {
            using var file = SharedFile.Open(process, sign.Descriptor);
            var memory = TensorMemory.Map(file, 2);
            var found = MemoryMarshal.Cast<float, long>(memory.GetSpan())[0] == sign.Number;
            memory.Free();
            return found;
        }
        catch (Exception unreachable) when (unreachable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
