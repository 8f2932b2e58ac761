using ActorTrain.Staleness;
using ActorTrain.Tests.Parameters;

namespace ActorTrain.Tests.Staleness;

public sealed class GapAwareTests
{
    private readonly GapAware _gapAware = new(new GapAwareOptions(Memory: 0.5f, Epsilon: 1e-8f), 1);

    // By hand, Γ = 0.5: the step 1 → 0.8 at η = 0.1 is −2 in units of η, A = 0.5·4 = 2, A/(1 − 0.5) = 4, C = 0.1·√4 =
    // 0.2. The gap 0.8 − 1.1 is 1.5 average updates: G = 0.3/0.2 + 1 = 2.5, and 5/2.5 = 2.
    [Fact]
    public void A_gradient_is_divided_by_the_average_updates_that_the_parameter_has_moved_plus_one()
    {
        _gapAware.Updated([1f], [0.8f], 0.1f, Touched.All(1));
        Compensate(5f, weight: 0.8f, computedFrom: 1.1f).ShouldBe(2f, 1e-5f);
    }

    // By hand: as above, then the step 0.8 → 0.6 at η = 0.05 is −4: A = 0.5·2 + 0.5·16 = 9, A/(1 − 0.25) = 12. The
    // largest rate so far counts: C = 0.1·√12 = 0.34641. G = 0.2/0.34641 + 1 = 1.57735, and 1/G = 0.63397.
    [Fact]
    public void The_average_is_a_running_mean_square_at_the_largest_rate_so_far()
    {
        _gapAware.Updated([1f], [0.8f], 0.1f, Touched.All(1));
        _gapAware.Updated([0.8f], [0.6f], 0.05f, Touched.All(1));
        Compensate(1f, weight: 0.6f, computedFrom: 0.8f).ShouldBe(0.63397f, 1e-5f);
    }

    // By hand: all steps are −1 in units of η, so C is the largest rate, 0.1. At that rate one step is a gap of 1; at a
    // tenth of it, of a tenth.
    [Theory, InlineData(0.1f, 0.5f), InlineData(0.01f, 0.90909f)]
    public void As_the_rate_falls_so_does_the_penalty(float rate, float left)
    {
        _gapAware.Updated([1f], [0.9f], 0.1f, Touched.All(1));
        _gapAware.Updated([0f], [-rate], rate, Touched.All(1));
        Compensate(1f, weight: -rate, computedFrom: 0f).ShouldBe(left, 1e-4f);
    }

    // By hand, after one step of −2: the first has moved by C and is halved, the second not at all; the weight of a
    // half halves both.
    [Fact]
    public void Each_parameter_has_its_own_gap()
    {
        var two = new GapAware(new GapAwareOptions(Memory: 0.5f, Epsilon: 1e-8f), 2);
        two.Updated([1f, 1f], [0.8f, 0.8f], 0.1f, Touched.All(2));
        var result = new float[2];
        two.Compensate(new StaleGradient("a:1", [4f, 4f], 0.5f, [0.8f, 0.8f], [1f, 0.8f], Touched.All(2)), result);
        result[0].ShouldBe(1f, 1e-5f);
        result[1].ShouldBe(2f);
    }

    [Fact]
    public void Before_the_first_update_nothing_is_penalized() =>
        Compensate(3f, weight: 1f, computedFrom: 1f).ShouldBe(3f);

    [Fact]
    public void A_parameter_that_never_moved_keeps_its_gradient_and_one_with_a_gap_but_no_updates_loses_it()
    {
        _gapAware.Updated([1f], [1f], 0.1f, Touched.All(1));
        Compensate(3f, weight: 1f, computedFrom: 1f).ShouldBe(3f);
        Compensate(3f, weight: 1f, computedFrom: 2f).ShouldBe(0f, 1e-5f);
    }

    [Fact]
    public void A_step_at_a_rate_of_zero_is_not_counted()
    {
        _gapAware.Updated([1f], [0.8f], 0.1f, Touched.All(1));
        _gapAware.Updated([0.8f], [0.8f], 0f, Touched.All(1));
        Compensate(5f, weight: 0.8f, computedFrom: 1.1f).ShouldBe(2f, 1e-5f);
    }

    private float Compensate(float gradient, float weight, float computedFrom)
    {
        var result = new float[1];
        _gapAware.Compensate(new StaleGradient("a:1", [gradient], 1, [weight], [computedFrom], Touched.All(1)), result);
        return result[0];
    }
}
