using ActorTrain.Checkpoints;
using ActorTrain.Consistency;
using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Tests.Toys;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Custom;
using Akka.Configuration;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>
/// A job that goes on from a checkpoint in the middle of an epoch has the weights of one that was never interrupted,
/// bit for bit, with everything that has a state or is random: Adam, cosine, BatchNorm, dropout, augmentation.
/// </summary>
public sealed class ResumeSpecs : IDisposable
{
    private const int Epochs = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_one_worker_augmentation_and_batch_statistics()
    {
        var job = Jobs.Create("cnn", ("augmentation.flip", "on"), ("augmentation.crop-padding", "2")) with
        {
            Model = new ModelOptions("own"),
            Epochs = Epochs,
            Optimizer = new Adam(1e-3),
            Schedule = new ScheduleOptions(),
        };
        var engines = new FirstImages(
            new TorchModelEngineFactory(
                "own",
                new TorchModel(() =>
                    Sequential(
                        Conv2d(1, 4, 3, stride: 2),
                        BatchNorm2d(4),
                        ReLU(),
                        Flatten(),
                        Dropout(0.2),
                        Linear(4 * 13 * 13, 10)
                    )
                ),
                _ => ActorTrain.Torch.Data.FashionMnist.Load(ActorTrain.Torch.Data.DataSource.BuiltIn),
                new TorchOptions("cpu", Threads: 1)
            )
        );

        await GoesOnBitForBit(job, engines, workers: 1);
    }

    [Fact]
    public async Task In_deterministic_mode_with_two_workers_and_then_with_one()
    {
        var job = Jobs.Create("own") with
        {
            BatchSize = 16,
            Epochs = Epochs,
            Shards = 2,
            Optimizer = new Adam(1e-2),
            Schedule = new ScheduleOptions(),
        };
        job = job with
        {
            Consistency = job.Consistency with
            {
                Mode = ConsistencyMode.Synchronous,
                Synchronous = new SynchronousOptions(GlobalBatchSize: 32, BackupWorkers: 0, Deterministic: true),
            },
        };
        var engines = new TorchModelEngineFactory(
            "own",
            new TorchModel(() => Sequential(Linear(2, 16), ReLU(), Dropout(0.3), Linear(16, 4))),
            _ => Toy.Quarters(1024),
            new TorchOptions("cpu", Threads: 1)
        );

        await GoesOnBitForBit(job, engines, workers: 2);
    }

    private async Task GoesOnBitForBit(JobOptions job, IEngineFactory engines, int workers)
    {
        var whole = await Train(job, engines, workers);
        var run = new CheckpointFolder(_folder["checkpoints"]);
        var often = new CheckpointOptions { Every = CheckpointInterval.Samples(400), Folder = run.Path };
        var samples = whole.Report.Data.TrainSamples;
        using (var held = new HeldEngines(engines, 5 * samples / 2))
            await Train(
                job with
                {
                    Checkpoint = often,
                },
                held,
                workers,
                async client =>
                {
                    await held.Reached.WaitAsync(Patience);
                    await client.CancelAsync();
                    held.Release();
                }
            );
        var (path, manifest) = run.ReadNewestManifest();
        manifest.SamplesApplied.ShouldBeInRange(5 * samples / 2, Epochs * samples - 1);

        var resumed = await Train(job with { Resume = path }, engines, workers: 1);

        resumed.Report.SamplesApplied.ShouldBe(whole.Report.SamplesApplied);
        Bits(resumed.Model.Parameters).ShouldBe(Bits(whole.Model.Parameters));
        if (workers == 1)
            Bits(resumed.Model.Buffers).ShouldBe(Bits(whole.Model.Buffers));
    }

    private static async Task<TrainingResult> Train(
        JobOptions job,
        IEngineFactory engines,
        int workers,
        Func<TrainingClient, Task>? meanwhile = null
    )
    {
        await using var seed = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions { Roles = [NodeRoles.Coordinator, NodeRoles.Server] }
        );
        var nodes = await Task.WhenAll(
            Enumerable
                .Range(0, workers)
                .Select(_ =>
                    ActorTrainNode.StartAsync(
                        new StandaloneNodeOptions
                        {
                            Roles = [NodeRoles.Worker],
                            Join = seed.Address,
                            Engines = engines,
                        }
                    )
                )
        );
        try
        {
            var client = TrainingClient.From(seed);
            var run = await client.SubmitAsync(job with { MinimumWorkers = workers });
            if (meanwhile is not null)
                await meanwhile(client);
            return await run.Completion.WaitAsync(Patience);
        }
        finally
        {
            await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        }
    }

    private static int[] Bits(ReadOnlyMemory<float> values) =>
        [.. values.ToArray().Select(BitConverter.SingleToInt32Bits)];

    /// <summary>Engines on the first images of the data set alone: short epochs.</summary>
    private sealed class FirstImages(IEngineFactory inner) : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job) => new Engine(inner.Create(job));

        private sealed class Engine(IGradientEngine inner) : WrappedEngine(inner)
        {
            public override DatasetDescription Dataset => base.Dataset with { TrainSamples = 1000 };

            public override StepResult ComputeGradient(
                ReadOnlySpan<int> samples,
                long seed,
                Span<float> gradient,
                CancellationToken abandoned
            ) => Inner.ComputeGradient(samples, seed, gradient, abandoned);
        }
    }
}
