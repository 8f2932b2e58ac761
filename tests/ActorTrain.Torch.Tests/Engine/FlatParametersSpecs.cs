using ActorTrain.Engines;

namespace ActorTrain.Torch.Tests.Engine;

public sealed class FlatParametersSpecs
{
    [Theory]
    [InlineData("mlp", "mlp.hidden", "8")]
    [InlineData("mlp", "mlp.hidden", "")]
    public void The_gradient_is_the_slope_of_the_loss(string model, string key, string value)
    {
        using var engine = Jobs.Started(model, (key, value));
        var samples = Jobs.Samples(4);
        engine.ComputeGradient(samples, seed: 0);
        var gradient = engine.Gradient.ToArray();

        // The steepest entries: elsewhere f32 rounding exceeds the slope.
        foreach (var (index, slope) in gradient.Index().OrderByDescending(entry => Math.Abs(entry.Item)).Take(40))
        {
            // Small, so that few samples cross the kink of a ReLU.
            const float Step = 1e-3f;
            var (above, below) = (LossAt(engine, samples, index, Step), LossAt(engine, samples, index, -Step));

            ((above - below) / (2 * Step)).ShouldBe(slope, tolerance: 0.02 * Math.Abs(slope) + 1e-3);
        }
    }

    [Fact]
    public void The_network_computes_with_values_written_into_the_parameters()
    {
        using var engine = Jobs.Started("cnn");
        engine.Parameters.Span.Clear();

        // All scores are zero, so each class has probability 1/10.
        engine.ComputeGradient(Jobs.Samples(32), seed: 0).Loss.ShouldBe(Math.Log(10), tolerance: 1e-5);
        engine.Evaluate(default).Loss.ShouldBe(Math.Log(10), tolerance: 1e-5);
    }

    [Fact]
    public void Buffers_keep_their_offsets()
    {
        using var engine = Jobs.Started("mobilenet");
        var (parameters, gradient, state) = (engine.Parameters, engine.Gradient, engine.Buffers);
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);
        engine.Evaluate(default);

        engine.Parameters.ShouldBe(parameters);
        engine.Gradient.ShouldBe(gradient);
        engine.Buffers.ShouldBe(state);
        gradient.Span.IndexOfAnyExcept(0f).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void A_gradient_does_not_add_to_the_one_before()
    {
        using var engine = Jobs.Started("mlp");
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);
        var first = engine.Gradient.ToArray();
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);

        engine.Gradient.ToArray().ShouldBe(first);
    }

    [Fact]
    public void A_gradient_over_two_parts_is_their_mean()
    {
        using var engine = Jobs.Started("mlp");
        var parts = new[] { GradientOver(0), GradientOver(16) };
        engine.ComputeGradient(Jobs.Samples(32), seed: 0);

        foreach (var (whole, (one, other)) in engine.Gradient.ToArray().Zip(parts[0].Zip(parts[1])))
            whole.ShouldBe((one + other) / 2, tolerance: 1e-6);

        float[] GradientOver(int start)
        {
            engine.ComputeGradient(Jobs.Samples(16, start), seed: 0);
            return engine.Gradient.ToArray();
        }
    }

    [Fact]
    public void A_gradient_in_transit_outlives_the_engine()
    {
        var engine = Jobs.Started("mlp");
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);
        var (held, values) = (engine.Gradient, engine.Gradient.ToArray());
        engine.Dispose();
        engine.Dispose();
        GC.Collect();

        held.ToArray().ShouldBe(values);
        held.Span.Fill(1);
    }

    private static double LossAt(IGradientEngine engine, int[] samples, int index, float step)
    {
        var value = engine.Parameters.Span[index];
        engine.Parameters.Span[index] = value + step;
        var loss = engine.ComputeGradient(samples, seed: 0).Loss;
        engine.Parameters.Span[index] = value;
        return loss;
    }
}
