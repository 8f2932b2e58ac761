using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Tests.Lane;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

/// <summary>Two shards that a worker hears from, at versions 4 and 7.</summary>
public sealed class ReceivedParametersTests
{
    private readonly ReceivedParameters _received = new(
        [new ShardSlice(0, 0, 10), new ShardSlice(1, 10, 5)],
        [4, 7],
        [null, null]
    );

    [Fact]
    public void Without_news_the_engine_goes_on_with_what_it_has()
    {
        var (fresh, versions) = _received.Take();
        fresh.ShouldBeEmpty();
        versions.ShouldBe([4, 7]);
    }

    [Fact]
    public void What_came_is_handed_over_once_with_its_place_and_version()
    {
        var values = TensorSlice.Of(new float[5]);
        _received.Offer(shard: 1, version: 9, step: null, values);

        var (fresh, versions) = _received.Take();

        fresh.ShouldBe([new EngineActor.Fresh(10, values)]);
        versions.ShouldBe([4, 9]);
        _received.Take().Fresh.ShouldBeEmpty();
    }

    [Fact]
    public void Of_several_versions_the_newest_is_kept_and_the_others_are_let_go()
    {
        var owners = new[] { new CountingOwner(), new CountingOwner(), new CountingOwner() };
        foreach (var (version, owner) in new long[] { 5, 8, 6 }.Zip(owners))
            _received.Offer(0, version, null, new TensorSlice(new float[10], owner, PayloadType.F32));

        owners.Select(owner => owner.Released).ShouldBe([1, 0, 1]);
        _received.Take().Versions.ShouldBe([8, 7]);
    }

    [Fact]
    public void What_the_engine_has_already_is_let_go()
    {
        var owner = new CountingOwner();
        _received.Offer(0, 4, null, new TensorSlice(new float[10], owner, PayloadType.F32));
        owner.Released.ShouldBe(1);
        _received.Take().Fresh.ShouldBeEmpty();
    }

    [Fact]
    public void A_part_can_be_computed_when_every_shard_takes_its_gradient()
    {
        var (part, step) = (new LeasePart(1, 16, 16), new LeasePart(1, 0, 32));
        _received.AreFor(part).ShouldBeTrue();

        _received.Offer(0, 4, step, TensorSlice.Empty);
        _received.Offer(1, 7, LeasePart.None, TensorSlice.Empty);

        _received.AreFor(part).ShouldBeFalse();
        _received.NotFor(part).ShouldBe([1]);
    }

    [Fact]
    public void What_a_shard_sends_for_a_part_is_taken_as_it_is_also_where_it_is_of_the_step_before()
    {
        _received.Offer(0, 9, new LeasePart(1, 32, 32), TensorSlice.Of(new float[10]));
        var before = TensorSlice.Of(new float[10]);

        _received.Put(0, 8, new LeasePart(1, 0, 32), before);

        _received.AreFor(new LeasePart(1, 0, 32)).ShouldBeTrue();
        var (fresh, versions) = _received.Take();
        fresh.ShouldBe([new EngineActor.Fresh(0, before)]);
        versions.ShouldBe([8, 7]);
    }

    [Fact]
    public void What_is_taken_keeps_the_versions_it_was_taken_with()
    {
        var (_, before) = _received.Take();
        _received.Offer(0, 5, null, TensorSlice.Of(new float[10]));
        _received.Take();
        before.ShouldBe([4, 7]);
    }
}
