using ActorTrain.Lane;
using ActorTrain.Lane.Connections;

namespace ActorTrain.Tests.Lane;

/// <summary>Memory of another process, here of the test's own.</summary>
public sealed class MappedMemoriesTests : IDisposable
{
    private readonly TensorMemory _theirs = TensorMemory.Allocate(16, shared: true);
    private readonly MappedMemories _mapped = new(Environment.ProcessId);

    [Fact]
    public void A_mapping_without_readers_is_used_again()
    {
        if (_theirs.File is null)
            return;
        var first = Acquire();
        _mapped.Return(first);
        Acquire().ShouldBeSameAs(first);
    }

    [Fact]
    public void GiveBack_unmaps_memory_without_readers()
    {
        if (_theirs.File is null)
            return;
        var (idle, other) = (Acquire(), TensorMemory.Allocate(16, shared: true));
        var read = _mapped.Acquire(ReferenceTo(other));
        _mapped.Return(idle);
        _mapped.GiveBack();
        Should.Throw<ObjectDisposedException>(() => idle.Memory.GetSpan()[0]);
        read.Memory.GetSpan()[0].ShouldBe(0);

        Acquire().ShouldNotBeSameAs(idle);
        other.Free();
    }

    public void Dispose()
    {
        _mapped.Close();
        _theirs.Free();
    }

    private MappedMemories.Mapping Acquire() => _mapped.Acquire(ReferenceTo(_theirs));

    private static MemoryReference ReferenceTo(TensorMemory memory) =>
        new(memory.File!.Descriptor, memory.Length, memory.Number, Start: 0);
}
