using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Staleness;

public sealed class StalenessPolicyTests
{
    private static readonly Gen<string> Policies = Gen.Int[0, StalenessPolicy.All.Count - 1]
        .Select(i => StalenessPolicy.All[i]);

    [Theory, InlineData(0, 1f), InlineData(1, 1f), InlineData(2, 0.5f), InlineData(4, 0.25f), InlineData(1000, 0.001f)]
    public void Staleness_aware_weighs_a_gradient_by_the_inverse_of_its_staleness(long staleness, float scale) =>
        new StalenessAware().Judge(staleness).ShouldBe(Verdict.Scaled(scale));

    [Theory, InlineData(0, 1f), InlineData(1, 0.5f), InlineData(3, 0.25f), InlineData(999, 0.001f)]
    public void Inverse_halves_a_gradient_with_a_staleness_of_one(long staleness, float scale) =>
        new Inverse().Judge(staleness).ShouldBe(Verdict.Scaled(scale));

    [Theory, InlineData(0), InlineData(1), InlineData(1_000_000)]
    public void Accepting_all_gives_every_gradient_its_full_weight(long staleness) =>
        new AcceptAll().Judge(staleness).ShouldBe(Verdict.Applied);

    [Theory, InlineData(0, true), InlineData(4, true), InlineData(5, false), InlineData(long.MaxValue, false)]
    public void A_staleness_beyond_the_bound_is_refused_and_one_at_it_is_not(long staleness, bool applied) =>
        new RefuseBeyond(bound: 4, new AcceptAll())
            .Judge(staleness)
            .Kind.ShouldBe(applied ? VerdictKind.Applied : VerdictKind.Refused);

    [
        Theory,
        InlineData(1, 0, true),
        InlineData(1, 1, false),
        InlineData(4, 3, true),
        InlineData(4, 4, false),
        InlineData(4, long.MaxValue, false)
    ]
    public void A_delay_at_the_threshold_is_refused_and_one_below_it_counts_in_full(
        long threshold,
        long delay,
        bool applied
    ) =>
        new DelayThreshold(threshold)
            .Judge(delay)
            .ShouldBe(
                applied
                    ? Verdict.Applied
                    : Verdict.Refuse(
                        Refusal.TooStale,
                        $"its staleness of {Plural.Format(delay, "version")} is at or beyond the threshold of "
                            + $"{threshold}"
                    )
            );

    [Fact]
    public void A_threshold_is_a_bound_one_lower() =>
        Gen.Select(Gen.Long[2, 100], Gen.Long[0, 200])
            .Sample(
                (threshold, staleness) =>
                    Algorithms
                        .BuiltIn.Create(Options(StalenessPolicy.DelayThreshold, bound: 0, threshold))
                        .Judge(staleness)
                        .Kind.ShouldBe(
                            Algorithms
                                .BuiltIn.Create(Options(StalenessPolicy.Accept, bound: threshold - 1))
                                .Judge(staleness)
                                .Kind
                        )
            );

    [Fact]
    public void A_refusal_contains_the_staleness_and_the_bound()
    {
        var verdict = new RefuseBeyond(bound: 4, new AcceptAll()).Judge(5);
        verdict.Refusal.ShouldBe(Refusal.TooStale);
        verdict.Scale.ShouldBe(0);
        verdict.Reason.ShouldBe("its staleness of 5 versions is beyond the bound of 4");
    }

    [Fact]
    public void Within_the_bound_the_other_policy_judges() =>
        new RefuseBeyond(bound: 4, new Inverse()).Judge(3).Scale.ShouldBe(0.25f);

    [Theory]
    [InlineData(StalenessPolicy.Accept, 4, 1f)]
    [InlineData(StalenessPolicy.Inverse, 4, 0.2f)]
    [InlineData(StalenessPolicy.StalenessAware, 4, 0.25f)]
    [InlineData(StalenessPolicy.DcAsgd, 4, 1f)]
    [InlineData(StalenessPolicy.DcAsgdAdaptive, 4, 1f)]
    [InlineData(StalenessPolicy.GapAware, 4, 1f)]
    [InlineData(StalenessPolicy.DanaSlim, 4, 1f)]
    [InlineData(StalenessPolicy.DelayThreshold, 4, 1f)]
    public void Each_name_selects_its_policy(string policy, long staleness, float scale) =>
        Algorithms.BuiltIn.Create(Options(policy, bound: 0)).Judge(staleness).Scale.ShouldBe(scale);

    [Fact]
    public void A_bound_holds_under_every_policy_and_no_bound_refuses_none() =>
        Gen.Select(Policies, Gen.Long[0, 100], Gen.Long[0, 200])
            .Sample(
                (policy, bound, staleness) =>
                {
                    var verdict = Algorithms.BuiltIn.Create(Options(policy, bound)).Judge(staleness);
                    var refused = bound > 0 && staleness > bound;
                    verdict.Kind.ShouldBe(refused ? VerdictKind.Refused : VerdictKind.Applied);
                    if (!refused)
                        verdict.Scale.ShouldBeInRange(float.Epsilon, 1f);
                }
            );

    [Fact]
    public void The_weight_does_not_grow_with_the_staleness() =>
        Gen.Select(Policies, Gen.Long[0, 1000])
            .Sample(
                (policy, staleness) =>
                {
                    var judge = Algorithms.BuiltIn.Create(Options(policy, bound: 0));
                    judge.Judge(staleness + 1).Scale.ShouldBeLessThanOrEqualTo(judge.Judge(staleness).Scale);
                }
            );

    [Fact]
    public void An_unknown_policy_is_an_error_that_names_those_that_there_are() =>
        Should
            .Throw<ActorTrainException>(() => Algorithms.BuiltIn.Create(Options("mine", bound: 0)))
            .Message.ShouldBe(
                "There is no staleness policy 'mine'; there are accept, inverse, staleness-aware, dc-asgd, "
                    + "dc-asgd-adaptive, gap-aware, dana-slim, delay-threshold."
            );

    private static StalenessOptions Options(string policy, long bound, long threshold = long.MaxValue) =>
        Jobs.Staleness(policy, bound, threshold: threshold);
}
