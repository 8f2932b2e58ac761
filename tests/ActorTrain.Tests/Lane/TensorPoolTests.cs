using ActorTrain.Lane;

namespace ActorTrain.Tests.Lane;

public sealed class TensorPoolTests
{
    private readonly TensorPool _pool = new(shared: false, keep: 1 << 20);

    [Fact]
    public void Memory_is_used_again()
    {
        _pool.Rent(16).Release();
        _pool.Rent(16).Release();
        _pool.Allocated.ShouldBe(1);
    }

    [Fact]
    public void The_pool_goes_on_after_it_has_freed_its_unused_memory()
    {
        var (free, held) = (_pool.Rent(16), _pool.Rent(16));
        free.Release();
        _pool.GiveBack();
        Should.Throw<ObjectDisposedException>(() => free.Values.Span[0]);
        held.Values.Span[0] = 1;

        held.Release();
        _pool.Rent(16).Values.Span[0].ShouldBe(1);
        _pool.Allocated.ShouldBe(2);
    }

    [Fact]
    public void A_closed_pool_keeps_neither_free_nor_returned_memory()
    {
        var (free, held) = (_pool.Rent(16), _pool.Rent(16));
        free.Release();
        _pool.Close();
        held.Release();

        _pool.Rent(16);
        _pool.Allocated.ShouldBe(3);
        Should.Throw<ObjectDisposedException>(() => held.Values.Span[0]);
    }
}
