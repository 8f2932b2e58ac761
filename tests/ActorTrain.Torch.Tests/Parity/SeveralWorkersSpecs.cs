using System.Collections.Concurrent;
using ActorTrain.Consistency;
using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Custom;
using ActorTrain.Torch.Tests.Engine;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Parity;

/// <summary>Properties of several unequal workers, all in this process, in every consistency model.</summary>
public sealed class SeveralWorkersSpecs
{
    public static TheoryData<string> Ways =>
        ["asynchronous", "bounded", "synchronous", "deterministic", "backup workers", "local steps"];

    /// <summary>With a batch size of 8, balancing used to produce micro-batches of one, whose running variance is NaN
    /// from then on.</summary>
    [Theory, MemberData(nameof(Ways))]
    public async Task No_gradient_has_fewer_samples_than_batch_statistics_need(string way)
    {
        // Divided by 8 it leaves one sample.
        var data = Toy.Quarters(1025);
        var sizes = new ConcurrentBag<int>();
        var job = In(way, Jobs.Create("own") with { BatchSize = 8, Epochs = 4, MinimumWorkers = 3 });

        var result = await Train(
            job,
            new TorchModel(Normalized),
            data,
            [1, 0.5, 0.2],
            (_, samples) => sizes.Add(samples)
        );

        result.Report.SamplesApplied.ShouldBe(4 * 1025);
        sizes.Min().ShouldBeGreaterThanOrEqualTo(4);
        result.Model.Buffers.ToArray().ShouldAllBe(value => float.IsFinite(value));
        result.Report.TestAccuracy!.Value.ShouldBeGreaterThan(
            0.6,
            "with statistics that are not finite it is that of a guess, 0.25"
        );
    }

    [Fact]
    public async Task Deterministic_training_with_dropout_is_bit_equal_with_one_two_and_four_workers_or_one_that_fails()
    {
        var job = In("deterministic", Jobs.Create("own") with { BatchSize = 16, Epochs = 3, Shards = 2 });
        var data = Toy.Quarters(512);
        var model = new TorchModel(() => new Noisy2());

        var one = await Train(job, model, data, [1]);
        var two = await Train(job with { MinimumWorkers = 2 }, model, data, [1, 0.4]);
        var four = await Train(job with { MinimumWorkers = 4 }, model, data, [1, 1, 0.5, 0.5]);
        var failing = 0;
        var broken = await Train(
            job with
            {
                MinimumWorkers = 2,
            },
            model,
            data,
            [1, 1],
            (worker, _) =>
            {
                if (worker == 1 && Interlocked.Increment(ref failing) == 9)
                    throw new InvalidOperationException("the device fell off the bus");
            }
        );

        broken.Report.Events.ShouldContain(raised => raised.Kind == "worker-failed");
        foreach (var other in new[] { two, four, broken })
            other.Model.Parameters.ToArray().ShouldBe(one.Model.Parameters.ToArray());
    }

    [Fact]
    public async Task Three_samples_on_eight_workers_are_counted_once_each()
    {
        var result = await Train(
            Jobs.Create("own") with
            {
                Epochs = 5,
                MinimumWorkers = 8,
                BatchSize = 16,
            },
            new TorchModel(Normalized),
            Toy.Quarters(3),
            [1, 1, 1, 1, 1, 1, 1, 1]
        );

        result.Report.SamplesApplied.ShouldBe(15);
        result.Report.Shards[0].Version.ShouldBe(5);
    }

    [Fact]
    public async Task Twenty_samples_at_batch_size_64_are_one_gradient()
    {
        var sizes = new ConcurrentBag<int>();

        await Train(
            Jobs.Create("own") with
            {
                Epochs = 3,
            },
            new TorchModel(Normalized),
            Toy.Quarters(20),
            [1],
            (_, samples) => sizes.Add(samples)
        );

        sizes.ShouldAllBe(size => size == 20);
    }

    private static Module<Tensor, Tensor> Normalized() =>
        Sequential(Linear(2, 16), BatchNorm1d(16), ReLU(), Linear(16, 4));

    private static JobOptions In(string way, JobOptions job)
    {
        var steps = new SynchronousOptions(GlobalBatchSize: 32, BackupWorkers: 0, Deterministic: false);
        return way switch
        {
            "bounded" => job with { Consistency = job.Consistency with { Mode = ConsistencyMode.Bounded } },
            "synchronous" => Synchronous(steps),
            "deterministic" => Synchronous(steps with { Deterministic = true }),
            "backup workers" => Synchronous(steps with { GlobalBatchSize = 0, BackupWorkers = 1 }) with { Shards = 1 },
            "local steps" => job with { LocalSteps = job.LocalSteps with { Steps = 3 } },
            _ => job,
        };

        JobOptions Synchronous(SynchronousOptions synchronous) =>
            job with
            {
                Consistency = job.Consistency with { Mode = ConsistencyMode.Synchronous, Synchronous = synchronous },
            };
    }

    private static async Task<TrainingResult> Train(
        JobOptions job,
        TorchModel model,
        IDataset data,
        double[] speeds,
        Action<int, int>? beforeGradient = null
    )
    {
        await using var seed = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions { Roles = [NodeRoles.Coordinator, NodeRoles.Server] }
        );
        var workers = await Task.WhenAll(
            speeds
                .Index()
                .Select(worker =>
                    ActorTrainNode.StartAsync(
                        new StandaloneNodeOptions
                        {
                            Roles = [NodeRoles.Worker],
                            Join = seed.Address,
                            Engines = new ThrottledEngines(
                                new Watched(
                                    new TorchModelEngineFactory(
                                        "own",
                                        model,
                                        _ => data,
                                        new TorchOptions("cpu", Threads: 1)
                                    ),
                                    worker.Index,
                                    beforeGradient
                                ),
                                () => worker.Item
                            ),
                        }
                    )
                )
        );
        try
        {
            var run = await TrainingClient.From(seed).SubmitAsync(job);
            return await run.Completion.WaitAsync(TimeSpan.FromMinutes(10));
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Dropout, noise and an expert, all drawn.</summary>
    private sealed class Noisy2 : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _in = Linear(2, 16),
            _out = Linear(16, 4);
        private readonly TorchSharp.Modules.Dropout _drop = Dropout(0.3);

        public Noisy2()
            : base("noisy") => RegisterComponents();

        public override Tensor forward(Tensor input) =>
            _out.call(_drop.call((_in.call(input) + 0.1 * randn(16)).relu()));
    }

    private sealed class Watched(IEngineFactory engines, int index, Action<int, int>? beforeGradient) : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job) => new Engine(engines.Create(job), index, beforeGradient);

        private sealed class Engine(IGradientEngine inner, int index, Action<int, int>? beforeGradient)
            : IGradientEngine
        {
            // Gradients of the measurement do not count.
            private bool _isMeasured;
            private int _initialized;

            public ModelDescription Model => inner.Model;

            public DatasetDescription Dataset => inner.Dataset;

            public DeviceDescription Device => inner.Device;

            public Memory<float> Parameters => inner.Parameters;

            public Memory<float> Buffers => inner.Buffers;

            public void Initialize(long seed)
            {
                inner.Initialize(seed);
                _isMeasured = ++_initialized > 1;
            }

            public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
            {
                if (_isMeasured)
                    beforeGradient?.Invoke(index, samples.Length);
                return inner.ComputeGradient(samples, seed, gradient);
            }

            public Evaluation Evaluate(CancellationToken cancellation) => inner.Evaluate(cancellation);

            public void Dispose() => inner.Dispose();
        }
    }
}
