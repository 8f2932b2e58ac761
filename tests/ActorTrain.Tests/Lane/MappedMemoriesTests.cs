using ActorTrain.Lane;
using ActorTrain.Lane.Connections;

namespace ActorTrain.Tests.Lane;

/// <summary>Memory of another process, which here is this one.</summary>
public sealed class MappedMemoriesTests : IDisposable
{
    private readonly TensorMemory _theirs = TensorMemory.Allocate(16, shared: true);
    private readonly MappedMemories _mapped = new(Environment.ProcessId);

    [Fact]
    public void A_mapping_that_nobody_reads_is_used_again()
    {
        if (_theirs.File is null)
            return;
        var first = Take();
        _mapped.Return(first);
        Take().ShouldBeSameAs(first);
    }

    [Fact]
    public void Given_back_is_what_nobody_reads()
    {
        if (_theirs.File is null)
            return;
        var (idle, other) = (Take(), TensorMemory.Allocate(16, shared: true));
        var read = _mapped.Take(ReferenceTo(other));
        _mapped.Return(idle);
        _mapped.GiveBack();
        Should.Throw<ObjectDisposedException>(() => idle.Memory.GetSpan()[0]);
        read.Memory.GetSpan()[0].ShouldBe(0);

        Take().ShouldNotBeSameAs(idle);
        other.Free();
    }

    public void Dispose()
    {
        _mapped.Close();
        _theirs.Free();
    }

    private MappedMemories.Mapping Take() => _mapped.Take(ReferenceTo(_theirs));

    private static MemoryReference ReferenceTo(TensorMemory memory) =>
        new(memory.File!.Descriptor, memory.Length, memory.Number, Start: 0);
}
