using ActorTrain.Parameters;
using ActorTrain.Staleness;
using ActorTrain.Tests.Parameters;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Staleness;

/// <summary>Properties of every policy that changes a gradient.</summary>
public sealed class CompensationTests
{
    private static readonly OptimizerOptions Momentum = Jobs.Sgd(0.1f, momentum: 0.9f);

    private static readonly string[] Comparing =
    [
        StalenessPolicy.DcAsgd,
        StalenessPolicy.DcAsgdAdaptive,
        StalenessPolicy.GapAware,
    ];
    private static readonly string[] All = [.. Comparing, StalenessPolicy.DanaSlim];

    public static TheoryData<string> Policies => new(All);

    public static TheoryData<string> ComparingPolicies => new(Comparing);

    [Fact]
    public void Only_these_policies_have_a_compensation() =>
        StalenessPolicy
            .All.Where(policy => GradientCompensations.Create(Jobs.Staleness(policy), Momentum, 1) is not null)
            .ShouldBe(All);

    [Theory, MemberData(nameof(ComparingPolicies))]
    public void A_gradient_without_a_gap_stays_the_same_bit_for_bit(string policy) =>
        Gen.Select(Gen.Float[-1e10f, 1e10f].Array[1, 100], Gen.Float[-100, 100], Gen.Float[0.01f, 4])
            .Sample(
                (gradient, weight, part) =>
                {
                    var compensation = Create(policy, gradient.Length);
                    var weights = Enumerable.Repeat(weight, gradient.Length).ToArray();
                    var result = new float[gradient.Length];
                    for (var push = 0; push < 3; push++)
                    {
                        compensation.Compensate(
                            new StaleGradient("a:1", gradient, part, weights, weights, Touched.All(gradient.Length)),
                            result
                        );
                        result.ShouldBe(gradient.Select(g => g * part));
                        compensation.Updated(
                            weights,
                            [.. weights.Select(w => w + 1)],
                            0.1f,
                            Touched.All(gradient.Length)
                        );
                    }
                }
            );

    [Theory, MemberData(nameof(Policies))]
    public void An_element_gets_the_same_bits_wherever_the_vector_is_cut(string policy)
    {
        var random = new Random(5);
        var pushes = Enumerable
            .Range(0, 12)
            .Select(_ => (Gradient: Vector(random, 1001), Weights: Vector(random, 1001), Base: Vector(random, 1001)))
            .ToList();
        var whole = Run(policy, pushes, 0, 1001);

        foreach (var cut in new[] { 1, 7, 8, 16, 333, 1000 })
            Run(policy, pushes, 0, cut)
                .Concat(Run(policy, pushes, cut, 1001))
                .ShouldBe(whole, customMessage: $"cut at {cut}");
    }

    [Theory, MemberData(nameof(Policies))]
    public void The_result_of_a_finite_gradient_is_finite(string policy)
    {
        // The square of the first, times a gap of 2, is beyond all floats.
        var result = new float[3];
        Create(policy, 3)
            .Compensate(
                new StaleGradient(
                    "a:1",
                    [1e30f, -1e30f, float.Epsilon],
                    1,
                    [1f, 1f, 1f],
                    [-1f, -1f, -1f],
                    Touched.All(3)
                ),
                result
            );
        result.ShouldAllBe(element => float.IsFinite(element));
    }

    [Theory, MemberData(nameof(Policies))]
    public void Vectors_that_are_not_equally_long_are_an_error(string policy) =>
        Should
            .Throw<Exception>(() =>
                Create(policy, 16)
                    .Compensate(
                        new StaleGradient("a:1", new float[16], 1, new float[8], new float[16], Touched.All(16)),
                        new float[16]
                    )
            )
            .ShouldBeAssignableTo<ArgumentException>();

    private static IGradientCompensation Create(string policy, int length) =>
        GradientCompensations.Create(Jobs.Staleness(policy), Momentum, length)!;

    private static List<float> Run(
        string policy,
        List<(float[] Gradient, float[] Weights, float[] Base)> pushes,
        int from,
        int to
    )
    {
        var compensation = Create(policy, to - from);
        var results = new float[to - from];
        foreach (var (gradient, weights, computedFrom) in pushes)
        {
            compensation.Compensate(
                new StaleGradient(
                    "a:1",
                    gradient.AsSpan(from..to),
                    0.7f,
                    weights.AsSpan(from..to),
                    computedFrom.AsSpan(from..to),
                    Touched.All(to - from)
                ),
                results
            );
            compensation.Updated(
                weights.AsSpan(from..to),
                computedFrom.AsSpan(from..to),
                0.03f,
                Touched.All(to - from)
            );
        }
        return [.. results];
    }

    private static float[] Vector(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
}
