using ActorTrain.Consistency;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Server;

/// <summary>
/// A shard of one weight that begins at 1, in two epochs of 64 samples, steps of 16, learning rate 0.1.
/// </summary>
public sealed class SynchronousShardTests
{
    private static readonly WorkerId Alice = new("alice:1", 1);
    private static readonly WorkerId Bob = new("bob:1", 2);

    [Fact]
    public void A_step_is_one_update_when_all_of_it_is_here()
    {
        var shard = Shard();
        Push(shard, 8, Bob, gradient: 3).ShouldBe(Verdict.Applied);
        (shard.Version, shard.Weights[0]).ShouldBe((0, 1f));
        Push(shard, 0, Alice, gradient: 1).ShouldBe(Verdict.Applied);
        shard.Version.ShouldBe(1);
        shard.Weights[0].ShouldBe(1 - 0.1f * 2);
    }

    [Fact]
    public void What_a_worker_may_bring_is_the_step_that_is_gathered()
    {
        var shard = Shard();
        shard.OpenTo(Alice.Node).ShouldBe(new LeasePart(1, 0, 16));
        Push(shard, 16, Alice).Refusal.ShouldBe(Refusal.StepClosed);
        Push(shard, 0, Alice);
        Push(shard, 8, Alice);
        shard.OpenTo(Alice.Node).ShouldBe(new LeasePart(1, 16, 16));
        Push(shard, 16, Alice, version: 0).Refusal.ShouldBe(Refusal.StepClosed);
        Push(shard, 16, Alice, version: 1).ShouldBe(Verdict.Applied);
    }

    [Fact]
    public void What_is_gathered_counts_and_counts_once()
    {
        var shard = Shard();
        Push(shard, 0, Alice);
        shard.Count().Applied.ShouldBe([new LeasePart(1, 0, 8)]);
        Push(shard, 0, Bob).ShouldBe(Verdict.Duplicate);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_leaves_the_step_as_it_is()
    {
        var shard = Shard();
        Push(shard, 0, Alice, gradient: float.NaN).Refusal.ShouldBe(Refusal.NotFinite);
        Push(shard, 0, Alice).ShouldBe(Verdict.Applied);
    }

    [Fact]
    public void Who_waits_for_a_step_gets_weights_when_it_begins()
    {
        var shard = Shard();
        var part = new LeasePart(1, 16, 8);
        shard.WeightsFor(Bob, part, PayloadType.F32).ShouldBeNull();
        Push(shard, 0, Alice);
        Push(shard, 8, Alice);
        var (version, step, isApplied, weights) = shard.WeightsFor(Bob, part, PayloadType.F32)!.Value;
        (version, step, isApplied).ShouldBe((1, new LeasePart(1, 16, 16), false));
        weights.Values.Span[0].ShouldBe(0.9f);
    }

    [Fact]
    public void What_another_shard_still_lacks_of_the_step_before_is_computed_from_that_steps_weights()
    {
        var shard = Shard(isOnly: false);
        Push(shard, 0, Alice);
        Push(shard, 8, Alice);
        var (version, step, isApplied, weights) = shard.WeightsFor(Bob, new LeasePart(1, 8, 8), PayloadType.F32)!.Value;
        (version, step, isApplied, weights.Values.Span[0]).ShouldBe((0, new LeasePart(1, 0, 16), false, 1f));
        Push(shard, 8, Bob, version: 0).ShouldBe(Verdict.Duplicate);
    }

    [Fact]
    public void Of_a_part_that_was_applied_long_ago_a_worker_hears_so()
    {
        var shard = Shard();
        foreach (var start in new[] { 0, 8 })
            Push(shard, start, Alice);
        // It takes the part, if another shard wants it to be computed.
        var (_, step, isApplied, _) = shard.WeightsFor(Bob, new LeasePart(1, 8, 8), PayloadType.F32)!.Value;
        (step, isApplied).ShouldBe((new LeasePart(1, 8, 8), true));
    }

    [Fact]
    public void A_duplicate_push_does_not_make_the_step_wait_for_its_worker_again()
    {
        var shard = WithBackupWorkers(contributions: 2);

        // Another shard had refused it.
        Push(shard, 0, Alice, version: 1).ShouldBe(Verdict.Duplicate);
        Push(shard, 8, Bob, version: 1).ShouldBe(Verdict.Applied);

        shard.Version.ShouldBe(2);
    }

    [Fact]
    public void A_step_whose_workers_have_all_pushed_duplicates_takes_the_next_gradient_of_any()
    {
        var shard = WithBackupWorkers(contributions: 2);
        Push(shard, 0, Alice, version: 1).ShouldBe(Verdict.Duplicate);
        Push(shard, 0, Bob, version: 1).ShouldBe(Verdict.Duplicate);
        shard.Version.ShouldBe(1);

        shard.OpenTo(Alice.Node).ShouldBeNull();
        Push(shard, 8, Alice, version: 1).ShouldBe(Verdict.Applied);

        shard.Version.ShouldBe(2);
    }

    // One step of one gradient, at 0, is closed.
    private static ShardState WithBackupWorkers(int contributions)
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.March(Jobs.Synchronous(backupWorkers: 1), contributions: 1);
        Push(shard, 0, Alice);
        shard.March(Jobs.Synchronous(backupWorkers: 1), contributions);
        return shard;
    }

    [Fact]
    public void With_backup_workers_each_has_one_gradient_in_a_step()
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.March(Jobs.Synchronous(backupWorkers: 1), contributions: 3);
        Push(shard, 0, Alice);
        Push(shard, 8, Alice).Refusal.ShouldBe(Refusal.StepClosed);
    }

    [Fact]
    public void With_backup_workers_the_first_gradients_make_the_step_and_the_others_are_refused()
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.March(Jobs.Synchronous(backupWorkers: 1), contributions: 2);
        Push(shard, 40, Alice, gradient: 1).ShouldBe(Verdict.Applied);
        shard.OpenTo(Alice.Node).ShouldBe(LeasePart.None);
        Push(shard, 0, Bob, gradient: 3).ShouldBe(Verdict.Applied);
        (shard.Version, shard.Weights[0]).ShouldBe((1, 1 - 0.1f * 2));
        Push(shard, 8, new WorkerId("carol:1", 3), version: 0).Refusal.ShouldBe(Refusal.StepClosed);
    }

    [Fact]
    public void A_step_that_waits_for_fewer_is_closed_at_once()
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.March(Jobs.Synchronous(backupWorkers: 1), contributions: 2);
        Push(shard, 0, Alice);
        shard.March(Jobs.Synchronous(backupWorkers: 1), contributions: 1);
        shard.Version.ShouldBe(1);
    }

    [Fact]
    public void The_jobs_last_step_is_what_is_left()
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.March(Jobs.Synchronous(backupWorkers: 1), contributions: 1);
        for (var start = 0; start < 120; start += 8)
            Push(shard, start % 64, Alice, epoch: 1 + start / 64, version: shard.Version).ShouldBe(Verdict.Applied);
        shard.March(Jobs.Synchronous(backupWorkers: 1), contributions: 5);
        Push(shard, 56, Alice, epoch: 2, version: 15);
        shard.Version.ShouldBe(16);
    }

    [Fact]
    public void Changed_in_the_middle_of_a_step_what_is_gathered_is_applied_and_the_rest_follows()
    {
        var shard = Shard();
        Push(shard, 8, Alice, gradient: 4);
        shard.March(Jobs.Asynchronous, contributions: 1);
        // Half of the step, in its weight.
        (shard.Version, shard.Weights[0]).ShouldBe((1, 1 - 0.1f * 2));
        shard.OpenTo(Alice.Node).ShouldBeNull();
        Push(shard, 40, Alice, version: 0).ShouldBe(Verdict.Applied);

        shard.March(Jobs.Synchronous(globalBatch: 16), contributions: 1);
        shard.OpenTo(Alice.Node).ShouldBe(new LeasePart(1, 0, 16));
        Push(shard, 0, Alice, version: 2).ShouldBe(Verdict.Applied);
        shard.Version.ShouldBe(3);
        shard.Count().CompleteEpochs.ShouldBe(0);
    }

    private static Verdict Push(
        ShardState shard,
        int start,
        WorkerId worker,
        int epoch = 1,
        long? version = null,
        float gradient = 1
    ) => shard.Receive(new LeasePart(epoch, start, 8), worker, version ?? shard.Version, [gradient]);

    private static ShardState Shard(ConsistencyOptions? consistency = null, bool isOnly = true)
    {
        var job = Jobs.Of(
            epochs: 2,
            batch: 8,
            optimizer: Jobs.Sgd(0.1f),
            consistency: consistency ?? Jobs.Synchronous(globalBatch: 16)
        );
        var shard = new ShardState(
            index: 0,
            length: 1,
            samples: 64,
            job,
            new TensorPool(shared: false, keep: 1 << 20),
            isOnly
        );
        shard.Initialize([1f]);
        return shard;
    }
}
