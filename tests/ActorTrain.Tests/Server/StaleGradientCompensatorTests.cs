using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Server;

/// <summary>The weights of a shard after stale and fresh gradients.</summary>
public sealed class StaleGradientCompensatorTests : CompensatorTestBase
{
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
}
