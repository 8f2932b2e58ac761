using ActorTrain.Consistency;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Server;

/// <summary>
/// A shard of one weight that begins at 1, in two epochs of 64 samples, steps of 16, learning rate 0.1.
/// </summary>
public sealed class SynchronousShardTests
{
    private static readonly WorkerId Alice = new("alice:1", 1);
    private static readonly WorkerId Bob = new("bob:1", 2);

    [Fact]
    public void A_step_is_one_update_when_all_its_gradients_have_arrived()
    {
        var shard = Shard();
        Push(shard, 8, Bob, gradient: 3).ShouldBe(Verdict.Applied);
        (shard.Version, shard.Weights[0]).ShouldBe((0, 1f));
        Push(shard, 0, Alice, gradient: 1).ShouldBe(Verdict.Applied);
        shard.Version.ShouldBe(1);
        shard.Weights[0].ShouldBe(1 - 0.1f * 2);
    }

    [Fact]
    public void A_shard_takes_only_gradients_of_the_open_step()
    {
        var shard = Shard();
        shard.OpenTo(Alice.Node).ShouldBe(new SampleRange(1, 0, 16));
        Push(shard, 16, Alice).Refusal.ShouldBe(Refusal.StepClosed);
        Push(shard, 0, Alice);
        Push(shard, 8, Alice);
        shard.OpenTo(Alice.Node).ShouldBe(new SampleRange(1, 16, 16));
        Push(shard, 16, Alice, version: 0).Refusal.ShouldBe(Refusal.StepClosed);
        Push(shard, 16, Alice, version: 1).ShouldBe(Verdict.Applied);
    }

    [Fact]
    public void A_gradient_of_an_open_step_is_counted_once()
    {
        var shard = Shard();
        Push(shard, 0, Alice);
        shard.GetCounts().Applied.ShouldBe([new SampleRange(1, 0, 8)]);
        Push(shard, 0, Bob).ShouldBe(Verdict.Duplicate);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_does_not_change_the_step()
    {
        var shard = Shard();
        Push(shard, 0, Alice, gradient: float.NaN).Refusal.ShouldBe(Refusal.NotFinite);
        Push(shard, 0, Alice).ShouldBe(Verdict.Applied);
    }

    [Fact]
    public void A_worker_that_waits_for_a_step_gets_weights_when_it_opens()
    {
        var shard = Shard();
        var part = new SampleRange(1, 16, 8);
        shard.WeightsFor(Bob, part, TransferDType.F32).ShouldBeNull();
        Push(shard, 0, Alice);
        Push(shard, 8, Alice);
        var (version, step, isApplied, weights) = shard.WeightsFor(Bob, part, TransferDType.F32)!.Value;
        (version, step, isApplied).ShouldBe((1, new SampleRange(1, 16, 16), false));
        weights.Values.Span[0].ShouldBe(0.9f);
    }

    [Fact]
    public void A_part_of_the_previous_step_is_computed_from_that_steps_weights()
    {
        var shard = Shard(isOnly: false);
        Push(shard, 0, Alice);
        Push(shard, 8, Alice);
        var (version, step, isApplied, weights) = shard
            .WeightsFor(Bob, new SampleRange(1, 8, 8), TransferDType.F32)!
            .Value;
        (version, step, isApplied, weights.Values.Span[0]).ShouldBe((0, new SampleRange(1, 0, 16), false, 1f));
        Push(shard, 8, Bob, version: 0).ShouldBe(Verdict.Duplicate);
    }

    [Fact]
    public void A_worker_is_told_that_a_part_is_applied()
    {
        var shard = Shard();
        foreach (var start in new[] { 0, 8 })
            Push(shard, start, Alice);
        // It takes the part, for another shard that needs it.
        var (_, step, isApplied, _) = shard.WeightsFor(Bob, new SampleRange(1, 8, 8), TransferDType.F32)!.Value;
        (step, isApplied).ShouldBe((new SampleRange(1, 8, 8), true));
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
        shard.SetConsistency(Jobs.Synchronous(backupWorkers: 1), contributions: 1);
        Push(shard, 0, Alice);
        shard.SetConsistency(Jobs.Synchronous(backupWorkers: 1), contributions);
        return shard;
    }

    [Fact]
    public void With_backup_workers_each_worker_has_one_gradient_in_a_step()
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.SetConsistency(Jobs.Synchronous(backupWorkers: 1), contributions: 3);
        Push(shard, 0, Alice);
        Push(shard, 8, Alice).Refusal.ShouldBe(Refusal.StepClosed);
    }

    [Fact]
    public void With_backup_workers_the_first_gradients_complete_the_step_and_later_ones_are_refused()
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.SetConsistency(Jobs.Synchronous(backupWorkers: 1), contributions: 2);
        Push(shard, 40, Alice, gradient: 1).ShouldBe(Verdict.Applied);
        shard.OpenTo(Alice.Node).ShouldBe(SampleRange.None);
        Push(shard, 0, Bob, gradient: 3).ShouldBe(Verdict.Applied);
        (shard.Version, shard.Weights[0]).ShouldBe((1, 1 - 0.1f * 2));
        Push(shard, 8, new WorkerId("carol:1", 3), version: 0).Refusal.ShouldBe(Refusal.StepClosed);
    }

    [Fact]
    public void A_step_that_needs_fewer_gradients_than_it_has_is_closed_at_once()
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.SetConsistency(Jobs.Synchronous(backupWorkers: 1), contributions: 2);
        Push(shard, 0, Alice);
        shard.SetConsistency(Jobs.Synchronous(backupWorkers: 1), contributions: 1);
        shard.Version.ShouldBe(1);
    }

    [Fact]
    public void The_jobs_last_step_is_the_remaining_gradients()
    {
        var shard = Shard(Jobs.Synchronous(backupWorkers: 1));
        shard.SetConsistency(Jobs.Synchronous(backupWorkers: 1), contributions: 1);
        for (var start = 0; start < 120; start += 8)
            Push(shard, start % 64, Alice, epoch: 1 + start / 64, version: shard.Version).ShouldBe(Verdict.Applied);
        shard.SetConsistency(Jobs.Synchronous(backupWorkers: 1), contributions: 5);
        Push(shard, 56, Alice, epoch: 2, version: 15);
        shard.Version.ShouldBe(16);
    }

    [Fact]
    public void A_change_of_consistency_applies_the_gradients_of_the_open_step()
    {
        var shard = Shard();
        Push(shard, 8, Alice, gradient: 4);
        shard.SetConsistency(Jobs.Asynchronous, contributions: 1);
        // Half of the step, with half its weight.
        (shard.Version, shard.Weights[0]).ShouldBe((1, 1 - 0.1f * 2));
        shard.OpenTo(Alice.Node).ShouldBeNull();
        Push(shard, 40, Alice, version: 0).ShouldBe(Verdict.Applied);

        shard.SetConsistency(Jobs.Synchronous(globalBatch: 16), contributions: 1);
        shard.OpenTo(Alice.Node).ShouldBe(new SampleRange(1, 0, 16));
        Push(shard, 0, Alice, version: 2).ShouldBe(Verdict.Applied);
        shard.Version.ShouldBe(3);
        shard.GetCounts().CompleteEpochs.ShouldBe(0);
    }

    private static Verdict Push(
        ShardState shard,
        int start,
        WorkerId worker,
        int epoch = 1,
        long? version = null,
        float gradient = 1
    ) => shard.Receive(new SampleRange(epoch, start, 8), worker, version ?? shard.Version, [gradient]);

    private static ShardState Shard(ConsistencyOptions? consistency = null, bool isOnly = true)
    {
        var job = Jobs.Create(
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
