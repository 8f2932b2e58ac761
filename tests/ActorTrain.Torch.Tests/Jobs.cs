using ActorTrain.Balancing;
using ActorTrain.Consistency;
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
        return new JobOptions(
            "test",
            new ModelOptions(model, values),
            new DataOptions("fashion-mnist", values),
            Epochs: 1,
            BatchSize: 64,
            new OptimizerOptions(OptimizerKind.Sgd, 0.05f, 0.9f, false, 0, 0.9f, 0.999f, 1e-8f),
            new ScheduleOptions(ScheduleKind.Constant, 0, 2, 0.5, 0),
            GradientClipNorm: 0,
            JobOptionsReader.Read().Consistency,
            JobOptionsReader.Read().Staleness with
            {
                Policy = StalenessPolicy.Accept,
                DemoteAfter = 0,
            },
            new BalanceOptions(MicroBatch: true, Lease: true, Repeat: true),
            new LocalStepsOptions(
                1,
                FollowSpeed: false,
                new OptimizerOptions(OptimizerKind.Sgd, 1, 0, false, 0, 0, 0, 0)
            ),
            Shards: 0,
            MicroBatchesPerLease: 16,
            MinimumWorkers: 1,
            MaxInFlightPushes: 0,
            TransferDType.F32,
            EvaluateEvery: 1,
            Seed: 1
        );
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
