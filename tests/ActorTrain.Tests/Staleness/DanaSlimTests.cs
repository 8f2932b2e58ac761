using ActorTrain.Parameters;
using ActorTrain.Staleness;
using ActorTrain.Tests.Parameters;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Staleness;

public sealed class DanaSlimTests
{
    private readonly DanaSlim _slim = new(Jobs.Sgd(0.1f, momentum: 0.5f), 1);

    // By hand, γ = 0.5. a: v = 2, u = 0.5·2 + 2 = 3. b: v = 4, u = 0.5·4 + 4 = 6. a again: v = 0.5·2 + 1 = 2, u = 0.5·2
    // + 1 = 2.
    [Fact]
    public void Each_worker_has_a_momentum_of_its_own_and_looks_ahead_by_it()
    {
        Compensate("a:1", 2f).ShouldBe(3f);
        Compensate("b:1", 4f).ShouldBe(6f);
        Compensate("a:1", 1f).ShouldBe(2f);
    }

    // By hand: v = 0.25·2 = 0.5, u = 0.25 + 0.5 = 0.75; then v = 0.5·0.5 + 1 = 1.25, u = 0.625 + 1 = 1.625.
    [Fact]
    public void The_weight_of_a_push_is_part_of_the_momentum()
    {
        Compensate("a:1", 2f, part: 0.25f).ShouldBe(0.75f);
        Compensate("a:1", 1f).ShouldBe(1.625f);
    }

    // By hand, decay 0.1 of w = 10: g = 2 + 1 = 3, v = 3, u = 1.5 + 3 = 4.5.
    [Fact]
    public void Weight_decay_is_part_of_the_gradient() =>
        Compensate(new DanaSlim(Jobs.Sgd(0.1f, momentum: 0.5f, weightDecay: 0.1f), 1), "a:1", 2f, weight: 10f)
            .ShouldBe(4.5f, 1e-6f);

    [Fact]
    public void A_new_incarnation_begins_without_momentum()
    {
        Compensate("a:1", 2f);
        Compensate("b:1", 2f);
        _slim.Forget("a:1");
        Compensate("a:1", 2f).ShouldBe(3f);
        Compensate("b:1", 2f).ShouldBe(0.5f * 3f + 2f);
        _slim.ForgetAll();
        Compensate("b:1", 2f).ShouldBe(3f);
    }

    [Fact]
    public void The_shards_own_optimizer_takes_a_plain_step() =>
        GradientCompensations
            .OptimizerUnder(StalenessPolicy.DanaSlim, Jobs.Sgd(0.1f, momentum: 0.9f, weightDecay: 0.01f))
            .ShouldBe(Jobs.Sgd(0.1f));

    [Fact]
    public void Under_any_other_policy_the_shards_optimizer_is_the_jobs()
    {
        var optimizer = Jobs.Sgd(0.1f, momentum: 0.9f, weightDecay: 0.01f);
        StalenessPolicy
            .All.Where(policy => GradientCompensations.OptimizerUnder(policy, optimizer) != optimizer)
            .ShouldBe([StalenessPolicy.DanaSlim]);
    }

    public static TheoryData<OptimizerOptions, bool> Optimizers =>
        new()
        {
            { Jobs.Sgd(0.1f, momentum: 0.9f), true },
            { Jobs.Sgd(0.1f, momentum: 0.001f), true },
            { Jobs.Sgd(0.1f), false },
            { Jobs.Sgd(0.1f, momentum: 0.9f, nesterov: true), false },
            { Jobs.Adam(0.1f), false },
            { Jobs.Adam(0.1f, decoupled: true), false },
        };

    [Theory, MemberData(nameof(Optimizers))]
    public void It_is_compatible_with_sgd_with_momentum_and_without_nesterov(OptimizerOptions optimizer, bool fits)
    {
        (GradientCompensations.IncompatibilityOf(StalenessPolicy.DanaSlim, optimizer) is null).ShouldBe(fits);
        GradientCompensations.IncompatibilityOf(StalenessPolicy.DcAsgd, optimizer).ShouldBeNull();
    }

    private float Compensate(string worker, float gradient, float part = 1) =>
        Compensate(_slim, worker, gradient, part);

    private static float Compensate(DanaSlim slim, string worker, float gradient, float part = 1, float weight = 0)
    {
        var result = new float[1];
        slim.Compensate(new StaleGradient(worker, [gradient], part, [weight], [weight], Touched.All(1)), result);
        return result[0];
    }
}
