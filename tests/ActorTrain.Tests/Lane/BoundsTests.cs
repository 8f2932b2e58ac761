using ActorTrain.Lane;
using ActorTrain.Lane.Connections;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Remedies;
using Akka.Actor;

namespace ActorTrain.Tests.Lane;

/// <summary>Bytes in flight are bounded, on both sides.</summary>
public sealed class BoundsTests
{
    [Theory, InlineData(100, true), InlineData(101, false)]
    public void A_queue_accepts_messages_up_to_its_bound(int floats, bool fits)
    {
        var queue = new OutgoingQueue(bound: 4 * 200);
        queue.TryAdd(Message(100)).ShouldBeTrue();
        queue.TryAdd(Message(floats)).ShouldBe(fits);
    }

    [Fact]
    public void One_message_larger_than_the_bound_passes_alone()
    {
        var queue = new OutgoingQueue(bound: 4);
        queue.TryAdd(Message(1000)).ShouldBeTrue();
        queue.TryAdd(Message(1)).ShouldBeFalse();
    }

    [Fact]
    public void A_dequeued_message_frees_its_bytes()
    {
        var queue = new OutgoingQueue(bound: 400);
        queue.TryAdd(Message(100));
        queue.Wait(CancellationToken.None).ShouldBeTrue();
        queue.TryDequeue(out var taken).ShouldBeTrue();
        taken.Bytes.ShouldBe(400);
        queue.TryAdd(Message(100)).ShouldBeTrue();
    }

    [Fact]
    public void Discarded_messages_are_released()
    {
        var owner = new CountingOwner();
        var queue = new OutgoingQueue(bound: 4000);
        for (var i = 0; i < 5; i++)
            queue.TryAdd(Message(100, owner));
        queue.Discard().ShouldBe(5);
        owner.Released.ShouldBe(5);
        queue.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_sender_waits_until_its_message_is_read()
    {
        var credit = new Credit(window: 100);
        credit.Acquire(60).ShouldBeTrue();
        var second = Task.Run(() => credit.Acquire(60));

        second.IsCompleted.ShouldBeFalse();
        credit.Return(60);

        (await second).ShouldBeTrue();
    }

    [Fact]
    public void A_payload_larger_than_the_credit_passes_alone() => new Credit(window: 100).Acquire(1000).ShouldBeTrue();

    [Fact]
    public async Task The_end_of_the_connection_ends_the_wait()
    {
        var credit = new Credit(window: 100);
        credit.Acquire(60);
        var second = Task.Run(() => credit.Acquire(60));
        credit.Close();
        (await second).ShouldBeFalse();
    }

    [Fact]
    public void A_slice_notifies_its_owner_once()
    {
        var owner = new CountingOwner();
        var slice = new TensorSlice(new float[10], owner, TransferDType.F32);
        slice.Release();
        slice.Release();
        owner.Released.ShouldBe(1);
    }

    [Fact]
    public void Waits_grow_up_to_a_limit_and_end()
    {
        var backOff = new BackOff(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(5), attempts: 12);
        var waits = new List<double>();
        while (backOff.Next() is { } wait)
            waits.Add(wait.TotalSeconds);
        waits.Take(7).ShouldBe([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5], tolerance: 1e-9);
        waits.Count.ShouldBe(12);
        backOff.Reset();
        backOff.Next()!.Value.TotalSeconds.ShouldBe(0.1, 1e-9);
    }

    private static Outgoing Message(int floats, CountingOwner? owner = null) =>
        new(
            ActorRefs.Nobody,
            ActorRefs.Nobody,
            new ShardProtocol.Pulled(0, 0, null, new TensorSlice(new float[floats], owner, TransferDType.F32))
        );
}
