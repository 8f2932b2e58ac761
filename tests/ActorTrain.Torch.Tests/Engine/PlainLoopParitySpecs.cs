using ActorTrain.Engines;
using ActorTrain.Torch.Data;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>Compares an engine with a plain TorchSharp loop over the same batches.</summary>
public sealed class PlainLoopParitySpecs
{
    private const float Rate = 0.05f,
        Momentum = 0.9f;
    private const int Steps = 30,
        Batch = 32;

    [Theory]
    [InlineData("mlp")]
    [InlineData("cnn")]
    [InlineData("mobilenet")]
    public void An_engine_computes_the_steps_of_a_plain_loop(string model)
    {
        using var engine = Jobs.Started(model);
        using var plain = PlainLoop.CopyOf(engine, model);
        using var plainSgd = new PlainSgd(Rate, Momentum);
        using var engineSgd = new PlainSgd(Rate, Momentum);
        var dataset = FashionMnist.Load(DataSource.BuiltIn);
        plain.train();
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var samples = Jobs.Samples(Batch, step * Batch);
            var loss = nn.functional.cross_entropy(
                plain.call(PlainLoop.Images(dataset, samples)),
                PlainLoop.Labels(dataset, samples)
            );
            loss.backward();
            plainSgd.Step(plain);

            engine.ComputeGradient(samples, seed: 0).Loss.ShouldBe(loss.item<float>(), tolerance: 1e-5);
            Step(engine, engineSgd);
        }

        var trained = plain.named_parameters().SelectMany(pair => pair.parameter.detach().data<float>().ToArray());
        engine
            .Parameters.ToArray()
            .Zip(trained)
            .Max(pair => Math.Abs(pair.First - pair.Second))
            .ShouldBeLessThan(1e-6f);
    }

    // TorchSharp's own arithmetic: a sum rounded in another order grows, through batch normalisation, within a few
    // steps.
    private static void Step(IGradientEngine engine, PlainSgd sgd)
    {
        using var scope = NewDisposeScope();
        var parameters = tensor(engine.Parameters.ToArray());
        sgd.Step(0, parameters, tensor(engine.Gradient.ToArray()));
        parameters.data<float>().ToArray().CopyTo(engine.Parameters);
    }
}
