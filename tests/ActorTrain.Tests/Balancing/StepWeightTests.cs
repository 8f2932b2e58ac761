using ActorTrain.Balancing;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

public sealed class StepWeightTests
{
    [Theory]
    [InlineData(0, 32, 1f), InlineData(32, 32, 1f), InlineData(96, 4, 1f)]
    [InlineData(0, 16, 0.5f), InlineData(16, 8, 0.25f), InlineData(16, 32, 1f), InlineData(0, 96, 3f)]
    [InlineData(96, 1, 0.25f)]
    [InlineData(98, 2, 0.5f)]
    [InlineData(0, 100, 4f)]
    [InlineData(80, 18, 1f)]
    [InlineData(80, 16, 0.5f)]
    public void Every_sample_is_an_equal_part_of_its_step(int start, int count, float weight) =>
        StepWeight.Compute(new SampleRange(1, start, count), batch: 32, samples: 100).ShouldBe(weight);

    [Fact]
    public void An_epoch_smaller_than_a_batch_is_one_step()
    {
        StepWeight.Compute(new SampleRange(1, 0, 5), batch: 32, samples: 5).ShouldBe(1f);
        StepWeight.Compute(new SampleRange(1, 3, 1), batch: 32, samples: 5).ShouldBe(0.2f);
    }

    [Fact]
    public void A_whole_batch_weighs_exactly_one_and_so_does_the_smaller_one_at_the_end() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 3000])
            .Sample(
                (batch, samples) =>
                {
                    foreach (var part in new SampleRange(1, 0, samples).Cut(batch))
                        StepWeight.Compute(part, batch, samples).ShouldBe(1f);
                }
            );

    [Fact]
    public void The_weights_of_an_epochs_pushes_sum_to_its_steps_for_every_cut() =>
        Gen.Select(Gen.Int[1, 64], Gen.Int[1, 1000], Gen.Int[1, 100].Array[1, 50])
            .Sample(
                (batch, samples, sizes) =>
                    Cut(new SampleRange(1, 0, samples), sizes)
                        .Sum(part => (double)StepWeight.Compute(part, batch, samples))
                        .ShouldBe((samples + batch - 1) / batch, 1e-4)
            );

    [Fact]
    public void The_weighted_pushes_of_a_batch_sum_to_its_gradient() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 3], Gen.Int[1, 20].Array[1, 10])
            .Sample(
                (batch, index, sizes) =>
                {
                    const int samples = 100;
                    var count = (samples + batch - 1) / batch;
                    var start = index % count * batch;
                    var whole = new SampleRange(1, start, Math.Min(batch, samples - start));

                    var sum = new double[Inputs + 1];
                    foreach (var part in Cut(whole, sizes))
                    {
                        var weight = StepWeight.Compute(part, batch, samples);
                        foreach (var (i, element) in MeanGradient(part).Index())
                            sum[i] += weight * element;
                    }

                    ShouldBeNear(sum, MeanGradient(whole), 1e-6);
                }
            );

    [Fact]
    public void The_weighted_pushes_of_an_engine_sum_to_the_batchs_gradient()
    {
        using var engine = new LinearEngine(inputs: 5);
        engine.Initialize(seed: 3);
        var whole = new SampleRange(1, 64, 64);

        var sum = new double[6];
        foreach (var part in Cut(whole, [3, 17, 1, 24, 30]))
        {
            var weight = StepWeight.Compute(part, batch: 64, samples: 640);
            foreach (var (i, element) in Gradient(part).Index())
                sum[i] += weight * element;
        }

        ShouldBeNear(sum, Gradient(whole), 1e-5);

        double[] Gradient(SampleRange part)
        {
            var gradient = new float[6];
            engine.ComputeGradient([.. Enumerable.Range(part.Start, part.Count)], seed: 0, gradient);
            return [.. gradient.Select(element => (double)element)];
        }
    }

    private const int Inputs = 4;

    /// <summary>The gradient of a linear model's squared error, in double precision.</summary>
    private static double[] MeanGradient(SampleRange part)
    {
        var gradient = new double[Inputs + 1];
        for (var sample = part.Start; sample < part.End; sample++)
        {
            var inputs = Enumerable.Range(1, Inputs).Select(i => Math.Sin(sample * 7 + i * 13)).Append(1).ToArray();
            var error = inputs.Select((input, i) => 0.3 * i * input).Sum() - Math.Cos(sample) - 1;
            for (var i = 0; i < inputs.Length; i++)
                gradient[i] += 2 * error * inputs[i] / part.Count;
        }
        return gradient;
    }

    /// <summary>Pieces of these sizes, in rotation.</summary>
    private static List<SampleRange> Cut(SampleRange whole, int[] sizes)
    {
        var parts = new List<SampleRange>();
        for (var start = whole.Start; start < whole.End; start = parts[^1].End)
            parts.Add(
                new SampleRange(whole.Epoch, start, Math.Min(sizes[parts.Count % sizes.Length], whole.End - start))
            );
        return parts;
    }

    private static void ShouldBeNear(double[] actual, double[] expected, double relative) =>
        Norm(actual.Zip(expected, (a, b) => a - b)).ShouldBeLessThanOrEqualTo(relative * Norm(expected));

    private static double Norm(IEnumerable<double> vector) => Math.Sqrt(vector.Sum(element => element * element));
}
