using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Server;

public sealed class ShardStateTests
{
    private static readonly WorkerId Alice = new("alice:1", 1);
    private static readonly WorkerId Bob = new("bob:1", 2);

    [Fact]
    public void A_push_is_applied_and_increments_the_version()
    {
        var shard = Shard();
        Push(shard, 0, Alice).Kind.ShouldBe(VerdictKind.Applied);
        shard.Version.ShouldBe(1);
        shard.Weights.ToArray().ShouldBe([0.9f, 1.9f]);
    }

    [Fact]
    public void The_same_samples_of_two_workers_count_once()
    {
        var shard = Shard();
        Push(shard, 0, Alice);
        Push(shard, 0, Alice).ShouldBe(Verdict.Duplicate);
        Push(shard, 0, Bob).ShouldBe(Verdict.Duplicate);
        shard.Version.ShouldBe(1);
        shard.GetCounts().DuplicatesRefused.ShouldBe(2);
        shard.GetCounts().Applied.ShouldBe([new SampleRange(1, 0, 8)]);
    }

    [Fact]
    public void The_same_positions_of_another_epoch_count_again()
    {
        var shard = Shard();
        Push(shard, 0, Alice, epoch: 1);
        Push(shard, 0, Alice, epoch: 2).Kind.ShouldBe(VerdictKind.Applied);
        shard.GetCounts().Applied.ShouldBe([new SampleRange(1, 0, 8), new SampleRange(2, 0, 8)]);
    }

    [Fact]
    public void A_push_that_is_partly_applied_is_refused_and_changes_nothing()
    {
        var shard = Shard();
        Push(shard, 0, Alice);
        Push(shard, 4, Bob).Kind.ShouldBe(VerdictKind.Refused);
        shard.Version.ShouldBe(1);
    }

    [Fact]
    public void An_earlier_incarnation_is_refused_once_a_newer_one_has_pushed()
    {
        var shard = Shard();
        Push(shard, 0, Alice with { Incarnation = 3 });
        var verdict = Push(shard, 8, Alice);
        verdict.Refusal.ShouldBe(Refusal.PastIncarnation);
        verdict.Reason.ShouldContain("alice:1");
    }

    [Fact]
    public void Staleness_is_the_number_of_updates_since_the_gradients_version()
    {
        var shard = Shard();
        Push(shard, 0, Alice, version: 0);
        Push(shard, 8, Alice, version: 1);
        Push(shard, 16, Bob, version: 0);

        var count = shard.GetCounts();
        count.StalenessHistogram[..3].ShouldBe([2, 0, 1]);
        count
            .Workers.Select(worker =>
                (worker.Node, worker.Samples, worker.Pushes, worker.StalenessSum, worker.StalenessMax)
            )
            .ShouldBe([("alice:1", 16L, 2L, 0L, 0L), ("bob:1", 8L, 1L, 2L, 2L)]);
        count
            .Workers.Select(worker => worker.StalenessHistogram[..3])
            .ShouldBe([
                [2, 0, 0],
                [0, 0, 1],
            ]);
    }

    [Fact]
    public void A_fenced_incarnation_and_earlier_ones_are_refused_and_later_ones_are_not()
    {
        var shard = Shard();
        shard.Fence(Alice with { Incarnation = 5 });
        Push(shard, 0, Alice with { Incarnation = 4 }).Refusal.ShouldBe(Refusal.PastIncarnation);
        Push(shard, 0, Alice with { Incarnation = 5 }).Refusal.ShouldBe(Refusal.PastIncarnation);
        shard.Version.ShouldBe(0);
        Push(shard, 0, Alice with { Incarnation = 6 }).ShouldBe(Verdict.Applied);
        Push(shard, 8, Bob).ShouldBe(Verdict.Applied);
    }

    [Fact]
    public void A_late_fence_does_not_weaken_a_newer_one()
    {
        var shard = Shard();
        shard.Fence(Alice with { Incarnation = 5 });
        shard.Fence(Alice with { Incarnation = 3 });
        Push(shard, 0, Alice with { Incarnation = 4 }).Refusal.ShouldBe(Refusal.PastIncarnation);
        Push(shard, 0, Alice with { Incarnation = 7 });
        shard.Fence(Alice with { Incarnation = 6 });
        Push(shard, 8, Alice with { Incarnation = 7 }).ShouldBe(Verdict.Applied);
    }

    [Fact]
    public void A_worker_fenced_in_its_current_incarnation_is_refused_from_then_on()
    {
        var shard = Shard();
        Push(shard, 0, Alice).ShouldBe(Verdict.Applied);
        shard.Fence(Alice);
        Push(shard, 8, Alice).Refusal.ShouldBe(Refusal.PastIncarnation);
        shard.GetCounts().Applied.ShouldBe([new SampleRange(1, 0, 8)]);
    }

    [Theory]
    [InlineData(0, 0, 8)]
    [InlineData(3, 0, 8)]
    [InlineData(1, -1, 8)]
    [InlineData(1, 57, 8)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 64, 1)]
    public void Samples_that_the_job_does_not_have_are_refused(int epoch, int start, int count)
    {
        var shard = Shard();
        shard
            .Receive(new SampleRange(epoch, start, count), Alice, 0, [1f, 1f])
            .Refusal.ShouldBe(Refusal.UnknownSamples);
        shard.Version.ShouldBe(0);
    }

    [Fact]
    public void A_gradient_with_a_non_finite_element_is_refused_and_changes_nothing() =>
        Gen.Select(
                Gen.Int[1, 300],
                Gen.Double[0, 1],
                Gen.OneOf(Gen.Const(float.NaN), Gen.Const(float.PositiveInfinity), Gen.Const(float.NegativeInfinity))
            )
            .Sample(
                (length, where, bad) =>
                {
                    var (shard, untouched) = (Shard(length), Shard(length));
                    foreach (var at in new[] { 0, (int)(where * (length - 1)), length - 1 })
                    {
                        var gradient = Ones(length);
                        gradient[at] = bad;
                        shard.Receive(new SampleRange(1, 8, 8), Alice, 0, gradient).Refusal.ShouldBe(Refusal.NotFinite);
                        shard.Version.ShouldBe(0);
                        shard.Weights.SequenceEqual(untouched.Weights).ShouldBeTrue();
                        shard.GetCounts().Applied.ShouldBeEmpty();
                    }

                    // The same samples count when they come with a gradient that is finite, and the optimizer knows
                    // nothing of those that were not.
                    foreach (var start in new[] { 8, 16 })
                    {
                        shard.Receive(new SampleRange(1, start, 8), Alice, 0, Ones(length)).ShouldBe(Verdict.Applied);
                        untouched.Receive(new SampleRange(1, start, 8), Alice, 0, Ones(length));
                    }
                    shard.Weights.SequenceEqual(untouched.Weights).ShouldBeTrue();

                    static ShardState Shard(int length) =>
                        CreateShard(
                            Jobs.Create(epochs: 2, batch: 8, optimizer: Jobs.Adam(0.1f)),
                            [.. Enumerable.Range(0, length)]
                        );

                    static float[] Ones(int length) => [.. Enumerable.Repeat(1f, length)];
                }
            );

    [Theory, InlineData(float.MaxValue), InlineData(float.MinValue), InlineData(float.Epsilon)]
    public void The_largest_and_the_smallest_number_are_finite(float number) =>
        Shard().Receive(new SampleRange(1, 0, 8), Alice, 0, [number, 0f]).ShouldBe(Verdict.Applied);

    [Theory, InlineData(8, 0.9f), InlineData(4, 0.95f), InlineData(2, 0.975f), InlineData(16, 0.8f)]
    public void A_push_is_weighted_by_its_share_of_a_batch(int samples, float weight)
    {
        var shard = Shard();
        shard.Receive(new SampleRange(1, 0, samples), Alice, 0, [1f, 1f]).ShouldBe(Verdict.Applied);
        shard.Weights[0].ShouldBe(weight, 1e-6f);
        shard.Weights[1].ShouldBe(weight + 1f, 1e-6f);
    }

    [Fact]
    public void The_smaller_batch_at_an_epochs_end_has_full_weight()
    {
        var shard = CreateShard(Jobs.Create(epochs: 1, batch: 24, optimizer: Jobs.Sgd(0.1f)), [1f, 2f]);
        shard.Receive(new SampleRange(1, 48, 16), Alice, 0, [1f, 1f]).ShouldBe(Verdict.Applied);
        shard.Weights.ToArray().ShouldBe([0.9f, 1.9f]);
    }

    // By hand, η = 0.7, μ = 0.9: b₁ = 2, w₁ = 1 − 0.7·(2 + 0.9·2) = −1.66; b₂ = 0.9·2 + 1 = 2.8, w₂ = −1.66 − 0.7·(1 +
    // 0.9·2.8) = −4.124.
    [Fact]
    public void Local_steps_are_applied_by_the_outer_optimizer_at_a_constant_rate()
    {
        var shard = Outer(steps: 4, [1f]);
        shard.Receive(new SampleRange(1, 0, 32), Alice, 0, [2f]).ShouldBe(Verdict.Applied);
        shard.Weights[0].ShouldBe(-1.66f, 1e-6f);
        shard.Receive(new SampleRange(2, 32, 32), Alice, 1, [1f]);
        shard.Weights[0].ShouldBe(-4.124f, 1e-6f);
    }

    // By hand: 8 of 32 samples weigh a quarter, b = 0.5, w = 1 − 0.7·(0.5 + 0.9·0.5).
    [Fact]
    public void A_push_of_fewer_local_steps_is_weighted_by_its_share_of_a_whole_one()
    {
        var shard = Outer(steps: 4, [1f]);
        shard.Receive(new SampleRange(1, 0, 8), Alice, 0, [2f]);
        shard.Weights[0].ShouldBe(0.335f, 1e-6f);
    }

    [Fact]
    public void The_fewer_local_steps_at_an_epochs_end_have_full_weight()
    {
        var shard = Outer(steps: 5, [1f]);
        shard.Receive(new SampleRange(1, 40, 24), Alice, 0, [2f]);
        shard.Weights[0].ShouldBe(-1.66f, 1e-6f);
    }

    [Fact]
    public void A_new_staleness_policy_applies_from_then_on()
    {
        var shard = Shard();
        Push(shard, 0, Alice);
        Push(shard, 8, Bob).ShouldBe(Verdict.Applied);

        shard.SetStaleness(Jobs.Staleness(StalenessPolicy.Inverse, bound: 2));
        var before = shard.Weights[0];
        Push(shard, 16, Bob).Scale.ShouldBe(1f / 3);
        shard.Weights[0].ShouldBe(before - 0.1f / 3, 1e-6f);
        Push(shard, 24, Bob).Refusal.ShouldBe(Refusal.TooStale);

        shard.SetStaleness(Jobs.Accept);
        Push(shard, 24, Bob).ShouldBe(Verdict.Applied);
        shard.Version.ShouldBe(4);
    }

    [Fact]
    public void A_gradient_that_is_too_stale_changes_nothing_and_its_samples_stay_open()
    {
        var shard = CreateShard(
            Jobs.Create(batch: 8, staleness: Jobs.Staleness(StalenessPolicy.Accept, bound: 1)),
            [1f, 2f]
        );
        Push(shard, 0, Alice);
        Push(shard, 8, Alice, version: 0).ShouldBe(Verdict.Applied);
        var before = shard.Weights.ToArray();

        Push(shard, 16, Bob, version: 0).Refusal.ShouldBe(Refusal.TooStale);

        (shard.Version, shard.GetCounts().Applied.Sum(part => part.Count)).ShouldBe((2, 16));
        shard.Weights.ToArray().ShouldBe(before);
        Push(shard, 16, Bob, version: 1).ShouldBe(Verdict.Applied);
    }

    private static Verdict Push(ShardState shard, int start, WorkerId worker, int epoch = 1, long version = 0) =>
        shard.Receive(new SampleRange(epoch, start, 8), worker, version, [1f, 1f]);

    private static ShardState Shard() =>
        CreateShard(Jobs.Create(epochs: 2, batch: 8, optimizer: Jobs.Sgd(0.1f)), [1f, 2f]);

    // The job's own rule and schedule are the workers': here they would be seen at once.
    private static ShardState Outer(int steps, float[] weights) =>
        CreateShard(
            Jobs.Create(
                epochs: 2,
                batch: 8,
                optimizer: Jobs.Adam(0.1f),
                schedule: new ScheduleOptions(ScheduleKind.Cosine, WarmUpEpochs: 1, 1, 1, 0),
                localSteps: Jobs.LocalSteps(steps, 0.7f, 0.9f, nesterov: true)
            ),
            weights
        );

    private static ShardState CreateShard(JobOptions job, float[] weights)
    {
        var shard = new ShardState(
            index: 0,
            weights.Length,
            samples: 64,
            job,
            new TensorPool(shared: false, keep: 1 << 20)
        );
        shard.Initialize(weights);
        return shard;
    }
}
