using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Tests.Lane;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

/// <summary>A worker receives from two shards, at versions 4 and 7.</summary>
public sealed class ReceivedParametersTests
{
    private readonly ReceivedParameters _received = new(
        [new ShardSlice(0, 0, 10), new ShardSlice(1, 10, 5)],
        [4, 7],
        [null, null]
    );

    [Fact]
    public void Without_new_parameters_the_engine_keeps_its_own()
    {
        var (fresh, versions) = _received.Take();
        fresh.ShouldBeEmpty();
        versions.ShouldBe([4, 7]);
    }

    [Fact]
    public void New_parameters_are_handed_over_once_with_their_offset_and_version()
    {
        var values = TensorSlice.From(new float[5]);
        _received.Offer(shard: 1, version: 9, step: null, values);

        var (fresh, versions) = _received.Take();

        fresh.ShouldBe([new EngineProtocol.NewParameters(10, values)]);
        versions.ShouldBe([4, 9]);
        _received.Take().New.ShouldBeEmpty();
    }

    [Fact]
    public void Of_several_versions_the_newest_is_kept_and_the_others_are_released()
    {
        var owners = new[] { new CountingOwner(), new CountingOwner(), new CountingOwner() };
        foreach (var (version, owner) in new long[] { 5, 8, 6 }.Zip(owners))
            _received.Offer(0, version, null, new TensorSlice(new float[10], owner, TransferDType.F32));

        owners.Select(owner => owner.Released).ShouldBe([1, 0, 1]);
        _received.Take().Versions.ShouldBe([8, 7]);
    }

    [Fact]
    public void Parameters_that_the_engine_has_already_are_released()
    {
        var owner = new CountingOwner();
        _received.Offer(0, 4, null, new TensorSlice(new float[10], owner, TransferDType.F32));
        owner.Released.ShouldBe(1);
        _received.Take().New.ShouldBeEmpty();
    }

    [Fact]
    public void A_part_can_be_computed_when_every_shard_takes_its_gradient()
    {
        var (part, step) = (new SampleRange(1, 16, 16), new SampleRange(1, 0, 32));
        _received.AreFor(part).ShouldBeTrue();

        _received.Offer(0, 4, step, TensorSlice.Empty);
        _received.Offer(1, 7, SampleRange.None, TensorSlice.Empty);

        _received.AreFor(part).ShouldBeFalse();
        _received.NotFor(part).ShouldBe([1]);
    }

    [Fact]
    public void Parameters_for_an_awaited_part_are_kept_also_where_they_are_of_the_step_before()
    {
        _received.Offer(0, 9, new SampleRange(1, 32, 32), TensorSlice.From(new float[10]));
        var before = TensorSlice.From(new float[10]);

        _received.Put(0, 8, new SampleRange(1, 0, 32), before);

        _received.AreFor(new SampleRange(1, 0, 32)).ShouldBeTrue();
        var (fresh, versions) = _received.Take();
        fresh.ShouldBe([new EngineProtocol.NewParameters(0, before)]);
        versions.ShouldBe([8, 7]);
    }

    [Fact]
    public void Handed_over_versions_do_not_change_later()
    {
        var (_, before) = _received.Take();
        _received.Offer(0, 5, null, TensorSlice.From(new float[10]));
        _received.Take();
        before.ShouldBe([4, 7]);
    }
}
