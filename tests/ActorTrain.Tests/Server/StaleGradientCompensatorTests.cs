using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Staleness;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Server;

/// <summary>
/// A shard under the policies that change a gradient. A push stands for a whole batch, and is answered with the weights
/// that its worker computes from next.
/// </summary>
public sealed class StaleGradientCompensatorTests
{
    private const int Batch = 8;
    private static readonly WorkerId Alice = new("alice:1", 1);
    private static readonly WorkerId Bob = new("bob:1", 2);
    private readonly TensorPool _pool = new(shared: false, keep: 1 << 24);
    private int _pushes;

    public static TheoryData<string> Policies => CompensationTests.Policies;

    public static TheoryData<string> ComparingPolicies => CompensationTests.ComparingPolicies;

    // By hand, λ = 1, η = 0.5. Alice: w₁ = 1 − 0.5·1 = 0.5. Bob, who has w₁: w₂ = 0.5 − 0.5·1 = 0.
    // Alice from w₁: g = 1 + 1·1·(0 − 0.5) = 0.5, w₃ = −0.25. Bob from w₂ = 0: g = 2 + 4·(−0.25 − 0) = 1, w₄ = −0.75.
    [Fact]
    public void A_stale_gradient_is_compensated_from_the_weights_that_its_worker_was_sent()
    {
        var shard = Shard(Dc(1), Jobs.Sgd(0.5f), 1f);
        Push(shard, Alice, 0, 1f);
        Push(shard, Bob, 1, 1f);
        shard.Weights[0].ShouldBe(0f);
        Push(shard, Alice, 1, 1f);
        shard.Weights[0].ShouldBe(-0.25f);
        Push(shard, Bob, 2, 2f);
        shard.Weights[0].ShouldBe(-0.75f);
    }

    // By hand, λ = 1, η = 0.5, γ = 0.5: w₁ = 0.5, b = 1; w₂ = 0.5 − 0.5·(0.5 + 1) = −0.25, b = 1.5. Alice from w₁: g =
    // 1 + (−0.25 − 0.5) = 0.25, b = 0.75 + 0.25 = 1, w₃ = −0.75.
    [Fact]
    public void A_compensated_gradient_goes_into_the_optimizers_momentum()
    {
        var shard = Shard(Dc(1), Jobs.Sgd(0.5f, momentum: 0.5f), 1f);
        Push(shard, Alice, 0, 1f);
        Push(shard, Bob, 1, 1f);
        Push(shard, Alice, 1, 1f);
        shard.Weights[0].ShouldBe(-0.75f);
    }

    [Theory, MemberData(nameof(ComparingPolicies))]
    public void A_version_that_was_never_sent_counts_as_no_gap(string policy)
    {
        var (shard, plain) = (
            Shard(Jobs.Staleness(policy), Jobs.Sgd(0.5f), 1f, 2f),
            Shard(Jobs.Accept, Jobs.Sgd(0.5f), 1f, 2f)
        );
        foreach (var (worker, version) in new[] { (Alice, 0L), (Bob, 0L), (Bob with { Incarnation = 3 }, 1L) })
        {
            Push(shard, worker, version, 1f, 3f).ShouldBe(Verdict.Applied);
            Push(plain, worker, version, 1f, 3f);
        }
        shard.Weights.ToArray().ShouldBe(plain.Weights.ToArray());
    }

    [Theory, MemberData(nameof(ComparingPolicies))]
    public void Fresh_gradients_train_as_without_the_policy_bit_for_bit(string policy) =>
        Gen.Select(
                Gen.Int[1, 70],
                Gen.Int[0, 1000],
                Gen.OneOf(
                    Gen.Const<OptimizerOptions>(Jobs.Sgd(0.1f)),
                    Gen.Const<OptimizerOptions>(Jobs.Sgd(0.1f, 0.9f, nesterov: true, weightDecay: 0.01f)),
                    Gen.Const<OptimizerOptions>(Jobs.Adam(0.1f, 0.1f, decoupled: true))
                )
            )
            .Sample(
                (length, seed, optimizer) =>
                {
                    var random = new Random(seed);
                    var start = Vector(random, length);
                    var (shard, plain) = (
                        Shard(Jobs.Staleness(policy), optimizer, start),
                        Shard(Jobs.Accept, optimizer, start)
                    );
                    for (var i = 0; i < 8; i++)
                    {
                        var gradient = Vector(random, length);
                        Push(shard, i % 2 == 0 ? Alice : Bob, shard.Version, gradient);
                        Push(plain, i % 2 == 0 ? Alice : Bob, plain.Version, gradient);
                    }
                    shard.Weights.ToArray().ShouldBe(plain.Weights.ToArray());
                },
                iter: 50
            );

    [Fact]
    public void One_worker_under_dana_slim_is_nesterovs_momentum_bit_for_bit() =>
        Gen.Select(
                Gen.Int[1, 70],
                Gen.Int[0, 1000],
                Gen.Float[0.01f, 0.99f],
                Gen.OneOf(Gen.Const(0f), Gen.Const(0.01f))
            )
            .Sample(
                (length, seed, momentum, decay) =>
                {
                    var random = new Random(seed);
                    var start = Vector(random, length);
                    var slim = Shard(
                        Jobs.Staleness(StalenessPolicy.DanaSlim),
                        Jobs.Sgd(0.1f, momentum, nesterov: false, decay),
                        start
                    );
                    var nesterov = Shard(Jobs.Accept, Jobs.Sgd(0.1f, momentum, nesterov: true, decay), start);
                    for (var i = 0; i < 8; i++)
                    {
                        var gradient = Vector(random, length);
                        Push(slim, Alice, slim.Version, gradient);
                        Push(nesterov, Alice, nesterov.Version, gradient);
                    }
                    slim.Weights.ToArray().ShouldBe(nesterov.Weights.ToArray());
                },
                iter: 50
            );

    [Theory, MemberData(nameof(Policies))]
    public void Two_shards_give_the_same_bits_as_one(string policy) =>
        Gen.Select(Gen.Int[2, 100], Gen.Double[0, 1], Gen.Int[0, 1000])
            .Sample(
                (length, where, seed) =>
                {
                    var cut = 1 + (int)(where * (length - 2));
                    var random = new Random(seed);
                    var (staleness, optimizer) = (Jobs.Staleness(policy), Jobs.Sgd(0.1f, momentum: 0.9f));
                    var start = Vector(random, length);
                    var (one, first, second) = (
                        Shard(staleness, optimizer, start),
                        Shard(staleness, optimizer, start[..cut]),
                        Shard(staleness, optimizer, start[cut..])
                    );
                    var has = new long[3];
                    for (var i = 0; i < 20; i++)
                    {
                        var who = random.Next(3);
                        var (worker, gradient) = (new WorkerId($"worker:{who}", who + 1), Vector(random, length));
                        Push(one, worker, has[who], gradient);
                        Push(first, worker, has[who], gradient[..cut]);
                        Push(second, worker, has[who], gradient[cut..]);
                        has[who] = one.Version;
                    }
                    first.Weights.ToArray().Concat(second.Weights.ToArray()).ShouldBe(one.Weights.ToArray());
                },
                iter: 50
            );

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

    [Fact]
    public void At_the_threshold_a_gradient_is_refused_and_its_samples_stay_open()
    {
        var shard = Shard(Jobs.Staleness(StalenessPolicy.DelayThreshold, threshold: 2), Jobs.Sgd(0.1f), 1f);
        Push(shard, Alice, 0, 1f);
        Push(shard, Bob, 0, 1f).ShouldBe(Verdict.Applied);
        var refused = Push(shard, Bob, 0, 1f);
        (refused.Refusal, refused.Reason).ShouldBe(
            (Refusal.TooStale, "its staleness of 2 versions is at or beyond the threshold of 2")
        );
        (shard.Version, shard.GetCounts().Applied.Sum(part => part.Count)).ShouldBe((2, 2 * Batch));
    }

    private static StalenessOptions Dc(float lambda) =>
        Jobs.Staleness(StalenessPolicy.DcAsgd) with
        {
            DcAsgd = new DcAsgdOptions(lambda),
        };

    private ShardState Shard(StalenessOptions staleness, OptimizerOptions optimizer, params float[] weights)
    {
        var shard = new ShardState(
            index: 0,
            weights.Length,
            samples: 100_000 * Batch,
            Jobs.Create(epochs: 1, batch: Batch, optimizer: optimizer, staleness: staleness),
            _pool
        );
        shard.Initialize(weights);
        return shard;
    }

    /// <summary>
    /// A push of new samples, and its reply, which the worker releases at once.
    /// </summary>
    private Verdict Push(ShardState shard, WorkerId worker, long version, params float[] gradient)
    {
        var verdict = shard.Receive(
            new SampleRange(1, Interlocked.Increment(ref _pushes) * Batch, Batch),
            worker,
            version,
            gradient
        );
        shard.Share(TransferDType.F32, worker).Release();
        return verdict;
    }

    private void AllMemoryIsBack(int length)
    {
        var allocated = _pool.Allocated;
        for (var i = 0; i < allocated; i++)
            _pool.Rent(length);
        _pool.Allocated.ShouldBe(allocated);
    }

    private static float[] Vector(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
}
