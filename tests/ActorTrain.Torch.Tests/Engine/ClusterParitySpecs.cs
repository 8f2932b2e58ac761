using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Torch.Data;
using Akka.Configuration;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>
/// Compares one worker of a real cluster with a plain TorchSharp loop over the same batches.
/// </summary>
public sealed class ClusterParitySpecs
{
    private const int Steps = 50,
        Batch = 64;
    private const float Rate = 0.05f,
        Momentum = 0.9f;

    [Fact]
    public async Task Fifty_steps_of_a_cluster_equal_those_of_a_plain_loop()
    {
        var trained = await TrainOnCluster(shards: 1, withinProcess: "on");
        var plain = TrainPlainly();

        Distance(trained, plain).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public async Task The_number_of_shards_and_the_transport_between_nodes_change_no_bit()
    {
        var one = await TrainOnCluster(shards: 1, withinProcess: "on");
        foreach (var (shards, withinProcess) in new[] { (3, "on"), (7, "on"), (7, "off") })
            (await TrainOnCluster(shards, withinProcess)).ShouldBe(
                one,
                customMessage: $"{shards} shards, within process {withinProcess}"
            );
    }

    /// <summary>Ten pushes of five local steps each, which the shards apply unscaled.</summary>
    [Fact]
    public async Task Fifty_local_steps_of_a_cluster_equal_those_of_a_plain_loop()
    {
        var trained = await TrainOnCluster(shards: 3, withinProcess: "off", localSteps: 5);
        Distance(trained, TrainPlainly()).ShouldBeLessThan(1e-6);
    }

    private static double Distance(float[] trained, float[] plain)
    {
        var difference = Math.Sqrt(trained.Zip(plain).Sum(pair => Math.Pow(pair.First - (double)pair.Second, 2)));
        return difference / Math.Sqrt(plain.Sum(value => (double)value * value));
    }

    private static async Task<float[]> TrainOnCluster(int shards, string withinProcess, int localSteps = 1)
    {
        var config = ConfigurationFactory.ParseString($"actortrain.lane.within-process = {withinProcess}");
        await using var seed = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions { Roles = [NodeRoles.Coordinator, NodeRoles.Server], Configuration = config }
        );
        await using var worker = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions
            {
                Roles = [NodeRoles.Worker],
                Configuration = config,
                Join = seed.Address,
                Engines = new FirstSamples(Steps * Batch),
            }
        );
        var job = Jobs.Create("mlp");
        var run = await TrainingClient
            .From(seed)
            .SubmitAsync(job with { Shards = shards, LocalSteps = job.LocalSteps with { Steps = localSteps } });
        var result = await run.Completion.WaitAsync(TimeSpan.FromMinutes(10));
        result.Report.Shards.Count.ShouldBe(shards);
        result.Report.Shards.ShouldAllBe(shard => shard.Version == Steps / localSteps);
        return result.Model.Parameters.ToArray();
    }

    private static float[] TrainPlainly()
    {
        using var engine = Jobs.Started("mlp");
        using var plain = PlainLoop.CopyOf(engine, "mlp");
        using var sgd = new PlainSgd(Rate, Momentum);
        var dataset = FashionMnist.Load(DataSource.BuiltIn);
        var order = SampleOrder.Get(seed: 1, epoch: 1, Steps * Batch).ToArray();
        plain.train();
        foreach (var samples in order.Chunk(Batch))
        {
            using var scope = NewDisposeScope();
            nn.functional.cross_entropy(
                    plain.call(PlainLoop.Images(dataset, samples)),
                    PlainLoop.Labels(dataset, samples)
                )
                .backward();
            sgd.Step(plain);
        }
        return [.. plain.named_parameters().SelectMany(pair => pair.parameter.detach().data<float>().ToArray())];
    }

    /// <summary>
    /// Engines on the first samples of the data set alone, so that an epoch has as many steps as the test wants.
    /// </summary>
    private sealed class FirstSamples(int count) : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job) => new Engine(Jobs.Engine(job.Model.Name), count);

        private sealed class Engine(IGradientEngine inner, int count) : IGradientEngine
        {
            public ModelDescription Model => inner.Model;

            public DatasetDescription Dataset => inner.Dataset with { TrainSamples = count };

            public DeviceDescription Device => inner.Device;

            public Memory<float> Parameters => inner.Parameters;

            public Memory<float> Buffers => inner.Buffers;

            public void Initialize(long seed) => inner.Initialize(seed);

            public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient) =>
                inner.ComputeGradient(samples, seed, gradient);

            public Evaluation Evaluate(CancellationToken cancellation) => inner.Evaluate(cancellation);

            public void Dispose() => inner.Dispose();
        }
    }
}
