using ActorTrain.Hosting;

namespace ActorTrain.Tests.Hosting;

public sealed class BroadcastTests
{
    private readonly Broadcast<int> _broadcast = new(capacity: 3);

    [Fact]
    public async Task Each_reader_gets_every_item()
    {
        await using var one = _broadcast.ReadAllAsync().GetAsyncEnumerator();
        await using var other = _broadcast.ReadAllAsync().GetAsyncEnumerator();
        var (first, second) = (one.MoveNextAsync().AsTask(), other.MoveNextAsync().AsTask());
        _broadcast.TryWrite(7).ShouldBeTrue();

        (await first, await second, one.Current, other.Current).ShouldBe((true, true, 7, 7));
    }

    [Fact]
    public async Task A_reader_that_comes_late_begins_with_the_latest_items()
    {
        foreach (var item in Enumerable.Range(1, 5))
            _broadcast.TryWrite(item);
        _broadcast.TryComplete();

        (await _broadcast.ReadAllAsync().ToListAsync()).ShouldBe([3, 4, 5]);
    }

    [Fact]
    public async Task A_reader_that_is_slow_loses_the_oldest_items()
    {
        _broadcast.TryWrite(1);
        await using var slow = _broadcast.ReadAllAsync().GetAsyncEnumerator();
        (await slow.MoveNextAsync(), slow.Current).ShouldBe((true, 1));
        foreach (var item in Enumerable.Range(2, 5))
            _broadcast.TryWrite(item);
        _broadcast.TryComplete();

        var rest = new List<int>();
        while (await slow.MoveNextAsync())
            rest.Add(slow.Current);
        rest.ShouldBe([4, 5, 6]);
    }

    [Fact]
    public async Task A_reader_that_comes_after_an_error_gets_it()
    {
        _broadcast.TryComplete(new InvalidOperationException("broken"));

        (
            await Should.ThrowAsync<InvalidOperationException>(async () =>
                await _broadcast.ReadAllAsync().ToListAsync()
            )
        ).Message.ShouldBe("broken");
    }

    [Fact]
    public async Task A_reader_that_stops_early_does_not_hold_back_the_others()
    {
        _broadcast.TryWrite(1);
        (await _broadcast.ReadAllAsync().FirstAsync()).ShouldBe(1);
        _broadcast.TryWrite(2);
        _broadcast.TryComplete();

        (await _broadcast.ReadAllAsync().ToListAsync()).ShouldBe([1, 2]);
    }

    [Fact]
    public void An_item_after_the_end_is_not_taken()
    {
        _broadcast.TryComplete().ShouldBeTrue();

        (_broadcast.TryWrite(1), _broadcast.TryComplete()).ShouldBe((false, false));
    }
}
