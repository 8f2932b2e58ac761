using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Own;
using ActorTrain.Worker;
using Akka.Configuration;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>
/// A seed and a worker in one process, and one job after the other: of the catalogue's models in turn, and of one of
/// somebody's own. What a job leaves behind is counted, not weighed: engines, the lane's memory, data sets.
/// </summary>
[Collection(Alone.Name)]
public sealed class JobsInARowSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // By those other processes find out whether they can map a lane's memory.
    private const int Probes = 64;
    private readonly List<WeakReference> _engines = [],
        _datasets = [];

    // Tests before these, in the same process, may have left some.
    private readonly int _engineCount = TorchEngine.Live;
    private readonly long _laneBytes = TensorMemory.LiveBytes;

    [Theory, InlineData("on"), InlineData("off")]
    public async Task Jobs_leave_nothing_behind_when_they_have_ended(string withinProcess)
    {
        var config = ConfigurationFactory.ParseString($"actortrain.lane.within-process = {withinProcess}");
        await using var seed = await ActorTrainNode.StartAsync(
            new NodeOptions([NodeRoles.Coordinator, NodeRoles.Server]) { Configuration = config }
        );
        await using var worker = await ActorTrainNode.StartAsync(
            new NodeOptions([NodeRoles.Worker])
            {
                Configuration = config,
                Join = seed.Address,
                Engines = new Engines(this),
            }
        );
        string[] models = ["mlp", "cnn", "own"];
        for (var round = 0; round < 3; round++)
            foreach (var model in models)
                await RunAsync(seed, model);
        await NothingIsLeftAsync();
    }

    private static async Task RunAsync(ActorTrainNode seed, string model)
    {
        await using var client = TrainingClient.Of(seed);
        var run = await client.SubmitAsync(Jobs.Of(model) with { Epochs = 2 });
        (await run.Completion.WaitAsync(Patience)).Report.Epochs.Count.ShouldBe(2);
    }

    /// <summary>The nodes give back what they can after a while without a job.</summary>
    private async Task NothingIsLeftAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (
                TorchEngine.Live <= _engineCount
                && Alive(_engines) == 0
                && Alive(_datasets) == 0
                && TensorMemory.LiveBytes <= _laneBytes + Probes
            )
                return;
            await Task.Yield();
        }
        throw new ShouldAssertException(
            $"Left are {TorchEngine.Live - _engineCount} engines that are not disposed of and {Alive(_engines)} that "
                + $"something refers to, {Alive(_datasets)} data sets, and {TensorMemory.LiveBytes} bytes of the lane."
        );
    }

    private static int Alive(List<WeakReference> references) => references.Count(reference => reference.IsAlive);

    private sealed class Engines(JobsInARowSpecs specs) : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job)
        {
            var engine = job.Model.Name == "own" ? Own().Create(job) : Jobs.Engine(job.Model.Name);
            specs._engines.Add(new WeakReference(engine));
            return engine;
        }

        private OwnEngineFactory Own() =>
            new(
                "own",
                new TorchModel(() => Sequential(Linear(2, 8), BatchNorm1d(8), ReLU(), Linear(8, 4))),
                Load,
                new TorchOptions("cpu", Threads: 1)
            );

        private IDataset Load(string? folder)
        {
            var dataset = Toy.Quarters(samples: 512);
            specs._datasets.Add(new WeakReference(dataset));
            return dataset;
        }
    }
}
