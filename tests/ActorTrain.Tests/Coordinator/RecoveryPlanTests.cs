using ActorTrain.Coordinator;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

/// <summary>What the shards of a job go on from when nodes are lost.</summary>
public sealed class RecoveryPlanTests : ActorTests
{
    private readonly Dictionary<string, ServerProtocol.Held> _held = [];

    [Fact]
    public void Shards_that_live_go_on_as_they_are()
    {
        var (a, b) = (Lives("a:1", shard: 0), Lives("b:1", shard: 1));
        Copy("b:1", shard: 0, number: 9);

        Actors(Decide()).ShouldBe([a, b]);
    }

    [Fact]
    public void A_lost_shard_goes_on_from_its_newest_copy_and_others_as_they_are()
    {
        var b = Lives("b:1", shard: 1);
        Copy("b:1", shard: 0, number: 3);
        Copy("c:1", shard: 0, number: 4);

        var sources = Decide().Sources!;

        (sources[0].Node, sources[0].Snapshot!.Number).ShouldBe(("c:1", 4));
        sources[1].Actor.ShouldBe(b);
    }

    [Fact]
    public void Nothing_is_restored_while_a_node_is_awaited_that_may_have_the_shard()
    {
        Lives("b:1", shard: 1);
        Copy("b:1", shard: 0, number: 3);

        Decide(isAnyAwaited: true).ShouldBe(RecoveryPlan.Decision.Wait);
    }

    [Fact]
    public void Shards_that_all_live_wait_for_no_node()
    {
        Lives("a:1", shard: 0);
        Lives("b:1", shard: 1);

        Decide(isAnyAwaited: true).Sources.ShouldNotBeNull();
    }

    [Fact]
    public void A_shard_without_a_copy_is_lost_with_its_job()
    {
        Lives("b:1", shard: 1);

        Decide().Lost.ShouldBe("the server node a:1 is lost with shard 0: no other node has a copy");
    }

    [Fact]
    public void Of_two_shards_with_one_number_the_one_that_was_restored_last_lives()
    {
        Lives("a:1", shard: 0);
        var restored = Lives("b:1", shard: 0, generation: 1);
        Lives("b:1", shard: 1);

        Decide().Sources![0].Actor.ShouldBe(restored);
    }

    [Fact]
    public void All_shards_of_a_synchronous_job_go_back_to_one_place()
    {
        Lives("b:1", shard: 1);
        Copy("b:1", shard: 0, number: 5, position: 40);
        Copy("b:1", shard: 0, number: 6, position: 60);
        Copy("b:1", shard: 1, number: 5, position: 40);
        Copy("b:1", shard: 1, number: 6, position: 80);

        Decide(areAlike: true).Sources!.Select(source => source.Snapshot!.Number).ShouldBe([5, 5]);
    }

    [Fact]
    public void A_synchronous_job_without_a_common_place_is_lost()
    {
        Lives("b:1", shard: 1);
        Copy("b:1", shard: 0, number: 6, position: 60);
        Copy("b:1", shard: 1, number: 6, position: 80);

        Decide(areAlike: true)
            .Lost.ShouldBe("the server node a:1 is lost with shard 0: no step of which every shard has a copy");
    }

    [Fact]
    public void Shards_of_a_synchronous_job_that_were_not_all_restored_are_restored_again()
    {
        Lives("a:1", shard: 0, generation: 1);
        Lives("b:1", shard: 1);
        Copy("b:1", shard: 0, number: 5, position: 40);
        Copy("b:1", shard: 1, number: 5, position: 40);

        Decide(areAlike: true).Sources!.ShouldAllBe(source => source.Snapshot != null);
    }

    [Fact]
    public void Buffers_go_on_from_their_copy_or_begin_anew()
    {
        Lives("a:1", shard: 0);
        Lives("b:1", shard: 1);
        Decide().Sources!.Count.ShouldBe(2);

        Copy("b:1", StandbyProtocol.Buffers, number: 2);

        var buffers = Decide().Sources![2];
        (buffers.Shard, buffers.Node, buffers.Snapshot!.Number).ShouldBe((StandbyProtocol.Buffers, "b:1", 2));
    }

    [Fact]
    public void Buffers_that_may_live_on_a_node_that_is_awaited_are_not_replaced()
    {
        Lives("a:1", shard: 0);
        Lives("b:1", shard: 1);

        Decide(hasBuffers: true, isAnyAwaited: true).ShouldBe(RecoveryPlan.Decision.Wait);
    }

    [Fact]
    public void A_copy_beside_its_own_shard_is_no_safe_one()
    {
        Copy("a:1", shard: 0, number: 6, position: 60);
        Copy("b:1", shard: 1, number: 6, position: 60);
        RecoveryPlan.NewestAlike(["a:1", "b:1"], _held).ShouldBe(0);

        Copy("b:1", shard: 0, number: 6, position: 60);
        Copy("a:1", shard: 1, number: 6, position: 60);

        RecoveryPlan.NewestAlike(["a:1", "b:1"], _held).ShouldBe(6);
    }

    private RecoveryPlan.Decision Decide(bool areAlike = false, bool hasBuffers = false, bool isAnyAwaited = false) =>
        RecoveryPlan.Decide(["a:1", "b:1"], areAlike, _held, hasBuffers, isAnyAwaited);

    private static IEnumerable<IActorRef?> Actors(RecoveryPlan.Decision decision) =>
        decision.Sources!.Select(source => source.Actor);

    private IActorRef Lives(string node, int shard, int generation = 0)
    {
        IActorRef actor = CreateTestProbe();
        var held = HeldBy(node);
        _held[node] = held with { Shards = [.. held.Shards, new(shard, generation, actor)] };
        return actor;
    }

    private void Copy(string node, int shard, long number, int position = 0)
    {
        var held = HeldBy(node);
        SampleRange[] applied = position == 0 ? [] : [new(1, 0, position)];
        _held[node] = held with { Snapshots = [.. held.Snapshots, new(shard, number, number, 0, applied)] };
    }

    private ServerProtocol.Held HeldBy(string node) => _held.GetValueOrDefault(node) ?? new("1", [], []);
}
