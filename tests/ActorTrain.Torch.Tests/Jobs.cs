using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Torch.Tests;

/// <summary>Jobs on the built-in subset, with small models, and engines for them.</summary>
internal static class Jobs
{
    public static JobOptions Create(string model, params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string>
        {
            ["mlp.hidden"] = "16",
            ["cnn.channels"] = "4,8",
            ["cnn.hidden"] = "16",
            ["mobilenet.width"] = "0.25",
            ["source"] = "built-in",
            ["augmentation.flip"] = "off",
            ["augmentation.crop-padding"] = "0",
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        return new JobOptions
        {
            Name = "test",
            Model = new ModelOptions(model) { Settings = values },
            Data = new DataOptions("fashion-mnist") { Settings = values },
            Epochs = 1,
            Optimizer = new Sgd(0.05),
            Schedule = new ScheduleOptions(ScheduleKind.Constant, WarmUpEpochs: 0),
            Staleness = new StalenessOptions { Policy = StalenessPolicy.Accept, DemoteAfter = 0 },
        };
    }

    public static IGradientEngine Engine(string model, params (string Key, string Value)[] settings) =>
        new TorchEngineFactory(new TorchOptions("cpu", Threads: 1)).Create(Create(model, settings));

    /// <summary>An engine with starting values.</summary>
    public static IGradientEngine Started(string model, params (string Key, string Value)[] settings)
    {
        var engine = Engine(model, settings);
        engine.Initialize(seed: 1);
        return engine;
    }

    public static int[] Samples(int count, int start = 0) => [.. Enumerable.Range(start, count)];
}
