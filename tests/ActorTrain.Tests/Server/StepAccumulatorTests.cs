using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Server;
using CsCheck;

namespace ActorTrain.Tests.Server;

public sealed class StepAccumulatorTests
{
    private static readonly TensorPool Memory = new(shared: false, keep: 1 << 20);

    [Fact]
    public void The_mean_is_weighted_by_samples()
    {
        var step = Range(40);
        step.Add(new SampleRange(1, 0, 30), "a", [4f, 8f], []);
        step.IsComplete.ShouldBeFalse();
        step.Add(new SampleRange(1, 30, 10), "b", [8f, 0f], []);
        step.IsComplete.ShouldBeTrue();
        // ¾ · 4 + ¼ · 8 and ¾ · 8 + ¼ · 0
        step.Mean().ToArray().ShouldBe([5f, 6f]);
        step.Release();
    }

    [Fact]
    public void One_gradient_for_the_whole_step_is_the_mean_bit_for_bit()
    {
        var step = Range(40);
        step.Add(new SampleRange(1, 0, 40), "a", [0.1f, -1e-20f], []);
        step.Mean().ToArray().ShouldBe([0.1f, -1e-20f]);
        step.Release();
    }

    [Fact]
    public void Positions_applied_before_are_not_awaited_and_the_rest_weighs_its_share()
    {
        var step = new RangeAccumulator(new SampleRange(1, 0, 40), [(10, 40)], 2, Memory);
        step.Add(new SampleRange(1, 10, 30), "a", [4f, 8f], []);
        step.IsComplete.ShouldBeTrue();
        step.Mean().ToArray().ShouldBe([3f, 6f]);
        step.Release();
    }

    [Fact]
    public void A_counted_step_takes_one_gradient_of_each_worker_and_is_their_mean()
    {
        var step = new CountAccumulator(2, 1, Memory);
        step.OpenTo("a").ShouldBeNull();
        step.Add(new SampleRange(1, 80, 10), "a", [3f], []);
        step.OpenTo("a").ShouldBe(SampleRange.None);
        step.OpenTo("b").ShouldBeNull();
        step.IsComplete.ShouldBeFalse();
        step.Add(new SampleRange(1, 0, 30), "b", [7f], []);
        step.IsComplete.ShouldBeTrue();
        step.Mean().ToArray().ShouldBe([6f]);
        step.Release();
    }

    [Fact]
    public void The_mean_has_the_same_bits_in_any_order_of_arrival() =>
        Gen.Select(Gen.Int[1, 9].Array[1, 12], Gen.Int[0, int.MaxValue], Gen.Bool)
            .Sample(
                (counts, seed, counted) =>
                {
                    var random = new Random(seed);
                    var parts = new List<(SampleRange Part, float[] Gradient)>();
                    foreach (var count in counts)
                        parts.Add(
                            (
                                new SampleRange(1, parts.Sum(part => part.Part.Count), count),
                                [.. Enumerable.Range(0, 37).Select(_ => (float)(random.NextDouble() - 0.5))]
                            )
                        );
                    var shuffled = parts.ToArray();
                    random.Shuffle(shuffled);
                    Sum(parts).ShouldBe(Sum(shuffled));

                    float[] Sum(IEnumerable<(SampleRange Part, float[] Gradient)> order)
                    {
                        StepAccumulator step = counted
                            ? new CountAccumulator(parts.Count, 37, Memory)
                            : new RangeAccumulator(
                                new SampleRange(1, 0, counts.Sum()),
                                [(0, counts.Sum())],
                                37,
                                Memory
                            );
                        foreach (var (part, gradient) in order)
                            step.Add(part, $"{part.Start}", gradient, []);
                        step.IsComplete.ShouldBeTrue();
                        var mean = step.Mean().ToArray();
                        step.Release();
                        return mean;
                    }
                }
            );

    private static RangeAccumulator Range(int samples) =>
        new(new SampleRange(1, 0, samples), [(0, samples)], 2, Memory);
}
