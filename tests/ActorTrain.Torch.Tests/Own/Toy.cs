using ActorTrain.Job;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using ActorTrain.Worker;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Tests.Own;

/// <summary>Models and data sets of somebody's own, and engines for them.</summary>
internal static class Toy
{
    /// <summary>Points whose class is the quarter of the plane that they lie in.</summary>
    public static ArrayDataset Quarters(int samples = 256)
    {
        return ArrayDataset.OfClasses("quarters", [2], 4, Some(seed: 1), Some(seed: 2));

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
            return Samples.Of(inputs, classes);
        }
    }

    public static IGradientEngine Engine(Func<nn.Module<Tensor, Tensor>> build, IDataset? dataset = null) =>
        Engine(new TorchModel(build), dataset);

    public static IGradientEngine Engine(TorchModel model, IDataset? dataset = null)
    {
        var engine = new OwnEngineFactory(
            "toy",
            model,
            _ => dataset ?? Quarters(),
            new TorchOptions("cpu", Threads: 1)
        ).Create(Jobs.Of("toy"));
        engine.Initialize(seed: 1);
        return engine;
    }

    /// <summary>What the runtime would hear of an engine that is made, started, and asked for a gradient.</summary>
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
