using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Server;

/// <summary>The state that a policy keeps for each worker: when it is reset, and when its memory is released.</summary>
public sealed class CompensatorStateTests : CompensatorTestBase
{
    [Theory, MemberData(nameof(Policies))]
    public void A_refused_gradient_changes_no_compensation_state(string policy)
    {
        var optimizer = Jobs.Sgd(0.1f, momentum: 0.9f);
        var (shard, without) = (
            Shard(Jobs.Staleness(policy, bound: 1), optimizer, 1f),
            Shard(Jobs.Staleness(policy, bound: 1), optimizer, 1f)
        );
        foreach (var each in new[] { shard, without })
        {
            Push(each, Alice, 0, 1f);
            Push(each, Alice, 1, 1f);
        }
        Push(shard, Bob, 0, 100f).Refusal.ShouldBe(Refusal.TooStale);
        Push(shard, Bob, 2, 1f).ShouldBe(Verdict.Applied);
        Push(without, Bob, 2, 1f);
        shard.Weights.ToArray().ShouldBe(without.Weights.ToArray());
    }

    // By hand, γ = 0.5, η = 0.1: u = 1.5 each time that the momentum is new: 0.15 a push.
    [Fact]
    public void A_fenced_workers_momentum_begins_at_zero()
    {
        var shard = Shard(Jobs.Staleness(StalenessPolicy.DanaSlim), Jobs.Sgd(0.1f, momentum: 0.5f), 1f);
        Push(shard, Alice, 0, 1f);
        shard.Fence(Alice);
        Push(shard, Alice with { Incarnation = 5 }, 1, 1f);
        shard.Weights[0].ShouldBe(0.7f, 1e-6f);

        // A late fence of the incarnation before changes nothing. v = 0.5·1 + 1 = 1.5, u = 0.75 +
        // 1.
        shard.Fence(Alice with { Incarnation = 4 });
        Push(shard, Alice with { Incarnation = 5 }, 2, 1f);
        shard.Weights[0].ShouldBe(0.7f - 0.175f, 1e-6f);

        shard.FenceAll(5);
        Push(shard, Alice with { Incarnation = 6 }, 3, 1f);
        shard.Weights[0].ShouldBe(0.7f - 0.175f - 0.15f, 1e-6f);
    }

    [Fact]
    public void A_new_incarnation_does_not_use_the_weights_sent_to_the_one_before()
    {
        var shard = Shard(Dc(1), Jobs.Sgd(0.5f), 1f);
        Push(shard, Alice, 0, 1f);
        Push(shard, Bob, 1, 1f);
        Push(shard, Alice with { Incarnation = 3 }, 1, 1f);
        shard.Weights[0].ShouldBe(-0.5f);
    }

    [Theory, MemberData(nameof(Policies))]
    public void Memory_is_released_with_the_incarnations_and_with_the_shard(string policy)
    {
        var shard = Shard(Jobs.Staleness(policy), Jobs.Sgd(0.1f, momentum: 0.9f), 1f, 2f);
        for (var incarnation = 1; incarnation <= 40; incarnation++)
        {
            // In rotation: no fence, a fence, a fence of a new coordinator, a push of an incarnation that has ended.
            var worker = new WorkerId($"worker:{incarnation % 3}", incarnation);
            Push(shard, worker, shard.Version, 1f, 1f);
            if (incarnation % 4 == 1)
                shard.Fence(worker);
            if (incarnation % 4 == 2)
                shard.FenceAll(incarnation);
            if (incarnation % 4 == 3)
                Push(shard, new WorkerId("gone:1", 0), shard.Version, 1f, 1f);
        }
        // The weights, the next ones, and one version for each of three workers.
        _pool.Allocated.ShouldBeLessThanOrEqualTo(5);
        shard.Release();
        AllMemoryIsBack(length: 2);
    }

    [
        Theory,
        InlineData(StalenessPolicy.Accept),
        InlineData(StalenessPolicy.StalenessAware),
        InlineData(StalenessPolicy.DelayThreshold),
        InlineData(StalenessPolicy.DanaSlim)
    ]
    public void A_policy_that_compares_no_versions_keeps_none(string policy)
    {
        var shard = Shard(Jobs.Staleness(policy), Jobs.Sgd(0.1f, momentum: 0.9f), 1f);
        foreach (var worker in new[] { Alice, Bob, Alice, Bob })
            Push(shard, worker, shard.Version, 1f);
        _pool.Allocated.ShouldBe(1);
    }

    // By hand, η = 0.1, γ = 0.5: a plain push with fresh momentum moves by 0.1, one under dana-slim by 0.15.
    [Fact]
    public void A_new_policy_begins_without_state_and_leaves_none_behind()
    {
        var shard = Shard(Jobs.Accept, Jobs.Sgd(0.1f, momentum: 0.5f), 1f);
        Push(shard, Alice, 0, 1f);
        shard.SetStaleness(Jobs.Staleness(StalenessPolicy.DanaSlim));
        Push(shard, Alice, 1, 1f);
        shard.Weights[0].ShouldBe(1 - 0.1f - 0.15f, 1e-6f);
        shard.SetStaleness(Jobs.Staleness(StalenessPolicy.GapAware));
        // It was sent, but under another policy: no gap.
        Push(shard, Bob, 1, 1f);
        shard.Weights[0].ShouldBe(1 - 0.1f - 0.15f - 0.1f, 1e-6f);
        shard.SetStaleness(Jobs.Staleness(StalenessPolicy.DanaSlim));
        Push(shard, Alice, 3, 1f);
        shard.Weights[0].ShouldBe(1 - 0.1f - 0.15f - 0.1f - 0.15f, 1e-6f);
        shard.Release();
        AllMemoryIsBack(length: 1);
    }

    // By hand, as above: under dana-slim the second push of Alice moves by 0.1·(0.5·1.5 + 1) = 0.175.
    [Fact]
    public void A_change_of_the_bound_alone_keeps_all_state()
    {
        var shard = Shard(Jobs.Staleness(StalenessPolicy.DanaSlim), Jobs.Sgd(0.1f, momentum: 0.5f), 1f);
        Push(shard, Alice, 0, 1f);
        shard.SetStaleness(Jobs.Staleness(StalenessPolicy.DanaSlim, bound: 7));
        Push(shard, Alice, 1, 1f);
        shard.Weights[0].ShouldBe(1 - 0.15f - 0.175f, 1e-6f);
    }

    private void AllMemoryIsBack(int length)
    {
        var allocated = _pool.Allocated;
        for (var i = 0; i < allocated; i++)
            _pool.Rent(length);
        _pool.Allocated.ShouldBe(allocated);
    }
}
