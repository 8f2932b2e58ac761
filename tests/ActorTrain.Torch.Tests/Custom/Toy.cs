using ActorTrain.Engines;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Tests.Custom;

/// <summary>Small custom models and data sets, and engines for them.</summary>
internal static class Toy
{
    /// <summary>Points whose class is their quadrant.</summary>
    public static ArrayDataset Quarters(int samples = 256)
    {
        return ArrayDataset.ForClassification("quarters", [2], 4, Some(seed: 1), Some(seed: 2));

        Samples Some(long seed)
        {
            var random = new SplitMix64(seed);
            var inputs = new float[2 * samples];
            var classes = new int[samples];
            for (var i = 0; i < samples; i++)
            {
                (inputs[2 * i], inputs[2 * i + 1]) = (2 * random.NextFloat() - 1, 2 * random.NextFloat() - 1);
                classes[i] = (inputs[2 * i] > 0 ? 1 : 0) + (inputs[2 * i + 1] > 0 ? 2 : 0);
            }
            return Samples.From(inputs, classes);
        }
    }

    public static IGradientEngine Engine(Func<nn.Module<Tensor, Tensor>> build, IDataset? dataset = null) =>
        Engine(new TorchModel(build), dataset);

    public static IGradientEngine Engine(TorchModel model, IDataset? dataset = null)
    {
        var engine = new TorchModelEngineFactory(
            "toy",
            model,
            _ => dataset ?? Quarters(),
            new TorchOptions("cpu", Threads: 1)
        ).Create(Jobs.Create("toy"));
        engine.Initialize(seed: 1);
        return engine;
    }

    /// <summary>The error of creating and initialising an engine and computing a gradient.</summary>
    public static string Complaint(TorchModel model, IDataset? dataset = null, int samples = 8) =>
        Should
            .Throw<Exception>(() =>
            {
                using var engine = Engine(model, dataset);
                engine.ComputeGradient(Jobs.Samples(samples), seed: 0);
            })
            .Message;

    public static string Complaint(Func<nn.Module<Tensor, Tensor>> build, IDataset? dataset = null) =>
        Complaint(new TorchModel(build), dataset);
}
