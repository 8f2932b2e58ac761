using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Server;

public sealed class ShardStateTests
{
    private static readonly WorkerId Alice = new("alice:1", 1);
    private static readonly WorkerId Bob = new("bob:1", 2);

    [Fact]
    public void A_push_is_applied_and_makes_a_version()
    {
        var shard = Shard();
        Push(shard, 0, Alice).Kind.ShouldBe(VerdictKind.Applied);
        shard.Version.ShouldBe(1);
        shard.Weights.ToArray().ShouldBe([0.9f, 1.9f]);
    }

    [Fact]
    public void The_same_samples_count_once_whoever_computed_them()
    {
        var shard = Shard();
        Push(shard, 0, Alice);
        Push(shard, 0, Alice).ShouldBe(Verdict.Duplicate);
        Push(shard, 0, Bob).ShouldBe(Verdict.Duplicate);
        shard.Version.ShouldBe(1);
        shard.Count().DuplicatesRefused.ShouldBe(2);
        shard.Count().SamplesByEpoch.ShouldBe([8, 0]);
    }

    [Fact]
    public void The_same_positions_of_another_epoch_are_other_samples()
    {
        var shard = Shard();
        Push(shard, 0, Alice, epoch: 1);
        Push(shard, 0, Alice, epoch: 2).Kind.ShouldBe(VerdictKind.Applied);
        shard.Count().SamplesByEpoch.ShouldBe([8, 8]);
    }

    [Fact]
    public void Samples_that_are_partly_new_are_refused_and_change_nothing()
    {
        var shard = Shard();
        Push(shard, 0, Alice);
        Push(shard, 4, Bob).Kind.ShouldBe(VerdictKind.Refused);
        shard.Version.ShouldBe(1);
    }

    [Fact]
    public void A_past_life_is_refused_once_the_new_one_has_spoken()
    {
        var shard = Shard();
        Push(shard, 0, Alice with { Incarnation = 3 });
        var verdict = Push(shard, 8, Alice);
        verdict.Refusal.ShouldBe(Refusal.PastLife);
        verdict.Reason.ShouldContain("alice:1");
    }

    [Fact]
    public void Staleness_is_the_number_of_updates_since_the_gradients_version()
    {
        var shard = Shard();
        Push(shard, 0, Alice, version: 0);
        Push(shard, 8, Alice, version: 1);
        Push(shard, 16, Bob, version: 0);

        var count = shard.Count();
        count.StalenessHistogram[..3].ShouldBe([2, 0, 1]);
        count.Workers.Select(worker => (worker.Node, worker.Samples, worker.Pushes, worker.StalenessSum, worker.StalenessMax))
            .ShouldBe([("alice:1", 16L, 2L, 0L, 0L), ("bob:1", 8L, 1L, 2L, 2L)]);
        count.Workers.Select(worker => worker.StalenessHistogram[..3]).ShouldBe([[2, 0, 0], [0, 0, 1]]);
    }

    private static Verdict Push(ShardState shard, int start, WorkerId worker, int epoch = 1, long version = 0) =>
        shard.Receive(new LeasePart(epoch, start, 8), worker, version, [1f, 1f]);

    private static ShardState Shard()
    {
        var shard = new ShardState(index: 0, length: 2, samples: 64, Jobs.Of(epochs: 2, batch: 8, optimizer: Jobs.Sgd(0.1f)), new TensorPool(shared: false, keep: 1 << 20));
        shard.Initialize([1f, 2f]);
        return shard;
    }
}
