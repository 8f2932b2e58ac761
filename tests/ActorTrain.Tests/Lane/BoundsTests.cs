using ActorTrain.Lane;
using ActorTrain.Server;

namespace ActorTrain.Tests.Lane;

/// <summary>What is in flight is bounded, on both sides.</summary>
public sealed class BoundsTests
{
    [Theory, InlineData(100, true), InlineData(101, false)]
    public void A_queue_takes_messages_up_to_its_bound(int floats, bool fits)
    {
        using var queue = new OutgoingQueue(inFlight: 4 * 200);
        queue.TryAdd(Message(100)).ShouldBeTrue();
        queue.TryAdd(Message(floats)).ShouldBe(fits);
    }

    [Fact]
    public void One_message_larger_than_the_bound_passes_alone()
    {
        using var queue = new OutgoingQueue(inFlight: 4);
        queue.TryAdd(Message(1000)).ShouldBeTrue();
        queue.TryAdd(Message(1)).ShouldBeFalse();
    }

    [Fact]
    public void What_is_sent_makes_room_and_is_released()
    {
        var released = 0;
        using var queue = new OutgoingQueue(inFlight: 400);
        queue.TryAdd(Message(100, () => released++));
        queue.TryTake(TimeSpan.Zero, CancellationToken.None, out var taken).ShouldBeTrue();
        queue.Finished(taken);
        released.ShouldBe(1);
        queue.TryAdd(Message(100)).ShouldBeTrue();
    }

    [Fact]
    public void What_is_discarded_is_released_too()
    {
        var released = 0;
        using var queue = new OutgoingQueue(inFlight: 4000);
        for (var i = 0; i < 5; i++) queue.TryAdd(Message(100, () => released++));
        queue.Discard().ShouldBe(5);
        released.ShouldBe(5);
        queue.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_receiver_waits_until_what_it_received_is_read()
    {
        var budget = new ByteBudget(limit: 100);
        budget.Take(60).ShouldBeTrue();
        var second = Task.Run(() => budget.Take(60));

        second.IsCompleted.ShouldBeFalse();
        budget.Return(60);

        (await second).ShouldBeTrue();
        budget.Used.ShouldBe(60);
    }

    [Fact]
    public async Task The_end_of_the_node_ends_the_wait()
    {
        var budget = new ByteBudget(limit: 100);
        budget.Take(60);
        var second = Task.Run(() => budget.Take(60));
        budget.Close();
        (await second).ShouldBeFalse();
    }

    [Fact]
    public void A_slice_goes_back_to_the_pool_once()
    {
        var released = 0;
        var slice = TensorSlice.Rent(10, () => released++);
        slice.Release();
        slice.Release();
        released.ShouldBe(1);
    }

    [Fact]
    public void Waits_grow_to_a_limit_and_end()
    {
        var backOff = new BackOff();
        var waits = new List<double>();
        while (backOff.Next() is { } wait) waits.Add(wait.TotalSeconds);
        waits.Take(7).ShouldBe([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5], tolerance: 1e-9);
        waits.Count.ShouldBe(12);
        backOff.Reset();
        backOff.Next()!.Value.TotalSeconds.ShouldBe(0.1, 1e-9);
    }

    private static Outgoing Message(int floats, Action? released = null) =>
        new("target", "", new ShardProtocol.Pulled(0, 0, TensorSlice.Rent(floats, released)));
}
