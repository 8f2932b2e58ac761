using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Parameters;

public sealed class OptimizerTests
{
    public static TheoryData<OptimizerOptions> Rules =>
        new(
            Jobs.Sgd(0.1f),
            Jobs.Sgd(0.1f, momentum: 0.9f),
            Jobs.Sgd(0.1f, momentum: 0.9f, nesterov: true),
            Jobs.Sgd(0.1f, momentum: 0.9f, weightDecay: 0.01f),
            Jobs.Adam(0.1f),
            Jobs.Adam(0.1f, 0.01f),
            Jobs.Adam(0.1f, 0.01f, decoupled: true)
        );

    [Fact]
    public void Sgd_steps_against_the_gradient() => After(Jobs.Sgd(0.5f), 1, 2).ShouldBe(1 - 0.5f * 2);

    // By hand: b₁ = 2, w₁ = 1 − 0.1·2 = 0.8; b₂ = 0.9·2 + 1 = 2.8, w₂ = 0.8 − 0.28 = 0.52.
    [Fact]
    public void Momentum_includes_the_step_before() =>
        After(Jobs.Sgd(0.1f, momentum: 0.9f), 1, 2, 1).ShouldBe(0.52f, 1e-6);

    // By hand: b₁ = 2, w₁ = 1 − 0.1·(2 + 0.9·2) = 0.62; b₂ = 2.8, w₂ = 0.62 − 0.1·(1 + 0.9·2.8) = 0.268.
    [Fact]
    public void Nesterov_looks_ahead() =>
        After(Jobs.Sgd(0.1f, momentum: 0.9f, nesterov: true), 1, 2, 1).ShouldBe(0.268f, 1e-6);

    // By hand: g = 2 + 0.5·1 = 2.5.
    [Fact]
    public void Sgds_weight_decay_is_part_of_the_gradient() =>
        After(Jobs.Sgd(0.1f, weightDecay: 0.5f), 1, 2).ShouldBe(0.75f, 1e-6);

    // By hand: after one step m̂ = g and v̂ = g², so Adam's first step is η whatever the gradient's size.
    [Theory, InlineData(2f), InlineData(2000f)]
    public void Adams_first_step_is_the_learning_rate(float gradient) =>
        After(Jobs.Adam(0.1f), 1, gradient).ShouldBe(0.9f, 1e-6);

    // To the last digits: both corrections are of the β that the moments decay by.
    [Fact]
    public void Adams_bias_corrections_are_exact() => After(Jobs.Adam(1f), 0, 1).ShouldBe(-1f, 2e-7);

    // By hand, g = 1 then −1: m = 0.9·0.1 − 0.1 = −0.01, m̂ = −0.01/0.19; v̂ = 1; w₂ = 0.9 + 0.1·0.0526316.
    [Fact]
    public void Adam_averages_both_moments() =>
        After(Jobs.Adam(0.1f), 1, 1, -1).ShouldBe(0.9f + 0.1f * 0.01f / 0.19f, 1e-6);

    // By hand: w·(1 − 0.1·0.5) = 0.95, then Adam's step of 0.1.
    [Fact]
    public void AdamWs_decay_is_apart_from_the_gradient() =>
        After(Jobs.Adam(0.1f, 0.5f, decoupled: true), 1, 2).ShouldBe(0.85f, 1e-6);

    [Theory, MemberData(nameof(Rules))]
    public void An_element_gets_the_same_bits_wherever_the_vector_is_cut(OptimizerOptions options)
    {
        var random = new Random(5);
        var start = Vector(random, 1001);
        var gradients = Enumerable.Range(0, 20).Select(_ => Vector(random, 1001)).ToList();
        var whole = Run(options, start, gradients, 0, 1001);

        foreach (var cut in new[] { 1, 7, 8, 16, 333, 1000 })
            Run(options, start, gradients, 0, cut)
                .Concat(Run(options, start, gradients, cut, 1001))
                .ShouldBe(whole, customMessage: $"cut at {cut}");
    }

    [Theory, MemberData(nameof(Rules))]
    public void The_scale_of_a_verdict_multiplies_the_gradient(OptimizerOptions options)
    {
        var (scaled, halved) = (new float[] { 1 }, new float[] { 1 });
        Algorithms.BuiltIn.Create(options, 1).Apply(scaled, scaled, [2f], (float)options.LearningRate, scale: 0.5f);
        Algorithms.BuiltIn.Create(options, 1).Apply(halved, halved, [1f], (float)options.LearningRate, scale: 1f);
        scaled.ShouldBe(halved);
    }

    private static float After(OptimizerOptions options, float weight, params float[] gradients)
    {
        var weights = new[] { weight };
        var optimizer = Algorithms.BuiltIn.Create(options, 1);
        foreach (var gradient in gradients)
            optimizer.Apply(weights, weights, [gradient], (float)options.LearningRate, scale: 1);
        return weights[0];
    }

    private static float[] Run(OptimizerOptions options, float[] start, List<float[]> gradients, int from, int to)
    {
        var weights = start[from..to];
        var optimizer = Algorithms.BuiltIn.Create(options, weights.Length);
        foreach (var gradient in gradients)
            optimizer.Apply(weights, weights, gradient.AsSpan(from..to), (float)options.LearningRate, scale: 1);
        return weights;
    }

    private static float[] Vector(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
}
