using ActorTrain.Staleness;
using ActorTrain.Tests.Parameters;

namespace ActorTrain.Tests.Staleness;

public sealed class DcAsgdTests
{
    // By hand, λ = 0.5: 2 + 0.5·2·2·(1.25 − 1) = 2.5; −1 + 0.5·1·(3 − 1) = 0; an unchanged parameter keeps its 4.
    [Fact]
    public void A_gradient_is_compensated_for_the_change_of_the_weights() =>
        Constant(0.5f, [2f, -1f, 4f], [1.25f, 3f, 7f], [1f, 1f, 7f]).ShouldBe([2.5f, 0f, 4f]);

    // By hand: 0.25·(2 + 0.5·2·2·0.25) = 0.625. The push's weight is not squared.
    [Fact]
    public void The_weight_of_a_push_multiplies_the_compensated_gradient() =>
        Constant(0.5f, [2f], [1.25f], [1f], weight: 0.25f).ShouldBe([0.625f]);

    [Fact]
    public void Without_a_lambda_nothing_is_compensated() => Constant(0, [2f], [9f], [1f]).ShouldBe([2f]);

    [Theory, InlineData(1e20f), InlineData(-1e20f), InlineData(float.MaxValue)]
    public void An_element_whose_compensation_overflows_stays_unchanged(float gradient) =>
        Constant(1, [gradient, 2f], [1f, 1.25f], [0f, 1f]).ShouldBe([gradient, 3f]);

    // By hand, λ₀ = 2, m = 0.5: MeanSquare = 0.5·2² = 2, λ = 2/√2 = √2, g = 2 + √2·4·0.25 = 3.41421.
    // Then MeanSquare = 0.5·2 + 0.5·1 = 1.5, λ = 2/√1.5 = 1.63299, g = −1 + 1.63299·1·(−0.5) = −1.81650.
    [Fact]
    public void The_adaptive_factor_follows_the_mean_square_of_the_gradients_this_one_included()
    {
        var adaptive = new DcAsgdAdaptive(new DcAsgdAdaptiveOptions(Lambda: 2, Memory: 0.5f, Epsilon: 1e-7f), 1);
        Compensate(adaptive, [2f], [1.25f], [1f])[0].ShouldBe(3.41421f, 1e-5f);
        Compensate(adaptive, [-1f], [1f], [1.5f])[0].ShouldBe(-1.81650f, 1e-5f);
    }

    // By hand, m = 0: λ = λ₀/|g|, so the compensation is 2·|g|·gap whatever g's size: 1000·(1 + 2·0.25), 0.001·(1 +
    // 2·0.25).
    [Fact]
    public void The_adaptive_compensation_scales_with_the_gradient()
    {
        var result = Compensate(
            new DcAsgdAdaptive(new DcAsgdAdaptiveOptions(Lambda: 2, Memory: 0, Epsilon: 1e-20f), 2),
            [1000f, 0.001f],
            [1.25f, 1.25f],
            [1f, 1f]
        );
        result[0].ShouldBe(1500f, 1e-3f);
        result[1].ShouldBe(0.0015f, 1e-9f);
    }

    // By hand, ε = 1, m = 0.5, g = 2: 2 + 2/√(2 + 1)·4·0.25 = 3.15470.
    [Fact]
    public void Epsilon_is_under_the_root() =>
        Compensate(
            new DcAsgdAdaptive(new DcAsgdAdaptiveOptions(Lambda: 2, Memory: 0.5f, Epsilon: 1), 1),
            [2f],
            [1.25f],
            [1f]
        )[0]
            .ShouldBe(3.15470f, 1e-5f);

    private static float[] Constant(
        float lambda,
        float[] gradient,
        float[] weights,
        float[] computedFrom,
        float weight = 1
    ) => Compensate(new DcAsgd(new DcAsgdOptions(lambda)), gradient, weights, computedFrom, weight);

    private static float[] Compensate(
        IGradientCompensation compensation,
        float[] gradient,
        float[] weights,
        float[] computedFrom,
        float weight = 1
    )
    {
        var result = new float[gradient.Length];
        compensation.Compensate(
            new StaleGradient("a:1", gradient, weight, weights, computedFrom, Touched.All(gradient.Length)),
            result
        );
        return result;
    }
}
