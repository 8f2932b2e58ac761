using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Shows whether one process can map another's memory: it must find a number there that the other has sent. (Two
/// containers on one machine may share sockets, and still mean different processes by one process id.)
/// </summary>
internal sealed class MemoryProbe
{
    private readonly TensorMemory _memory;
    private readonly long _number = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>What the other process needs for the check.</summary>
    public readonly record struct Challenge(int Descriptor, long Number);

    private MemoryProbe(TensorMemory memory)
    {
        _memory = memory;
        MemoryMarshal.Cast<float, long>(memory.GetSpan())[0] = _number;
    }

    /// <summary>A probe; null where this system cannot share memory.</summary>
    public static MemoryProbe? TryCreate()
    {
        var memory = TensorMemory.Allocate(2, shared: true);
        return memory.File is null ? null : new MemoryProbe(memory);
    }

    public Challenge ToChallenge() => new(_memory.File!.Descriptor, _number);

    /// <summary>Whether this process can map another's memory.</summary>
    public static bool CanMap(int process, Challenge challenge)
    {
        try
        {
            using var file = SharedFile.Open(process, challenge.Descriptor);
            var memory = TensorMemory.Map(file, 2);
            var found = MemoryMarshal.Cast<float, long>(memory.GetSpan())[0] == challenge.Number;
            memory.Free();
            return found;
        }
        catch (Exception unreachable) when (unreachable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
