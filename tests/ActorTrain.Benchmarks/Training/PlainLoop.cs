using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Torch;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// One process that trains, with one thread or on a GPU, without a cluster: the baseline of scaling. <c>torchsharp</c>
/// is a loop with TorchSharp's own modules and optimizer; <c>engine</c> is a loop with ActorTrain's engine and its
/// fused update.
/// </summary>
internal static class PlainLoop
{
    public const string Verb = "plain-loop";
    private const int WarmUpSteps = 60;

    /// <summary>Has the loop of a process train, and returns its measurements.</summary>
    public static Measured Ask(Child loop, int samples)
    {
        loop.WriteLine(samples.ToString(CultureInfo.InvariantCulture));
        return Measured.Parse(loop.ReadLine());
    }

    /// <summary>Reads numbers of samples, trains on as many, and writes the measurements.</summary>
    public static void Run(string[] arguments)
    {
        var (kind, job, device) = (arguments[0], TrainingJob.Find(arguments[1]), arguments[2]);
        var engine = new TorchEngineFactory(new TorchOptions(device, Threads: 1, DataFolder: null)).Create(
            job.Options("")
        );
        engine.Initialize(seed: 1);
        Func<ReadOnlyMemory<int>, double> step =
            kind == "engine" ? EngineStep(engine, job) : TorchSharpStep(engine, job, new Device(device));
        var order = Enumerable.Range(0, engine.Dataset.TrainSamples).ToArray();
        var at = 0;
        double Next()
        {
            if (at + job.Batch > order.Length)
                at = 0;
            if (at == 0)
                new Random(1).Shuffle(order);
            at += job.Batch;
            return step(order.AsMemory(at - job.Batch, job.Batch));
        }
        var first = Next();
        for (var i = 0; i < WarmUpSteps; i++)
            Next();
        while (Console.ReadLine() is { } line)
        {
            var steps = int.Parse(line, CultureInfo.InvariantCulture) / job.Batch;
            var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var last = 0.0;
            for (var i = 0; i < steps; i++)
                last = Next();
            if (!(last < first))
                throw new InvalidOperationException($"the loop does not learn: loss {first} became {last}");
            Console.WriteLine(
                new Measured(
                    (long)steps * job.Batch,
                    watch.Elapsed.TotalSeconds,
                    (Environment.CpuUsage.TotalTime - processor).TotalSeconds
                ).ToLine()
            );
        }
    }

    private static Func<ReadOnlyMemory<int>, double> EngineStep(Engines.IGradientEngine engine, TrainingJob job)
    {
        var optimizer = Algorithms.BuiltIn.Create(job.Options("").Optimizer, engine.Parameters.Length);
        var gradient = new float[engine.Parameters.Length];
        return samples =>
        {
            var loss = engine.ComputeGradient(samples.Span, 1, gradient).Loss;
            optimizer.Apply(engine.Parameters.Span, engine.Parameters.Span, gradient, TrainingJob.LearningRate, 1);
            return loss;
        };
    }

    private static Func<ReadOnlyMemory<int>, double> TorchSharpStep(
        Engines.IGradientEngine engine,
        TrainingJob job,
        Device device
    )
    {
        var network = ModelCatalog
            .Default.Find(job.Model)
            .Build(ModelCatalog.SettingsOf(job.Options("").Model), FashionMnist.Shape, FashionMnist.Classes);
        using (no_grad())
        {
            foreach (var ((_, parameter), place) in network.named_parameters().Zip(engine.Model.Parameters.Tensors))
                parameter.copy_(
                    tensor(engine.Parameters.Slice(place.Offset, place.Length).ToArray(), [.. place.Shape])
                );
        }
        network.to(device);
        var data = FashionMnist.Load(DataSource.BuiltIn);
        var table = data.Normalization.Table();
        var images = tensor(
            [
                .. Enumerable
                    .Range(0, data.Train.Count)
                    .SelectMany(sample => data.Train.Image(sample).ToArray().Select(pixel => table[pixel])),
            ],
            [data.Train.Count, 1, 28, 28],
            device: device
        );
        var labels = tensor([.. data.Train.Labels.ToArray().Select(label => (long)label)], device: device);
        var optimizer = optim.SGD(network.parameters(), TrainingJob.LearningRate, TrainingJob.Momentum);
        network.train();
        return samples =>
        {
            using var scope = NewDisposeScope();
            var indices = tensor([.. samples.ToArray().Select(sample => (long)sample)], device: device);
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(
                network.call(images.index_select(0, indices)),
                labels.index_select(0, indices)
            );
            loss.backward();
            optimizer.step();
            return loss.item<float>();
        };
    }
}
