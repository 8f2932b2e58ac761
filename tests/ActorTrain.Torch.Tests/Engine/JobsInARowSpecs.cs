using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Custom;
using Akka.Configuration;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>
/// Runs many jobs one after another in a process with a seed and a worker: of models of the catalogue, and of a custom
/// one. Then counts what the jobs left behind: engines, the lane's memory, data sets.
/// </summary>
public sealed class JobsInARowSpecs
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    // Bytes by which other processes test whether they can map the lane's memory.
    private const int Probes = 64;
    private readonly List<WeakReference> _engines = [],
        _datasets = [];

    // Earlier tests of the process may have left some.
    private readonly int _engineCount = TorchEngine.Live;
    private readonly long _laneBytes = TensorMemory.LiveBytes;

    [Theory, InlineData("on"), InlineData("off")]
    public async Task Ended_jobs_leave_no_engines_data_sets_or_memory_behind(string withinProcess)
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
                Engines = new Engines(this),
            }
        );
        string[] models = ["mlp", "cnn", "own"];
        for (var round = 0; round < 3; round++)
            foreach (var model in models)
                await RunAsync(seed, model);
        await WaitUntilAllIsReleasedAsync();
    }

    private static async Task RunAsync(ActorTrainNode seed, string model)
    {
        await using var client = TrainingClient.From(seed);
        var run = await client.SubmitAsync(Jobs.Create(model) with { Epochs = 2 });
        (await run.Completion.WaitAsync(Timeout)).Report.Epochs.Count.ShouldBe(2);
    }

    /// <summary>Waits until the nodes have released what they can, some time after the last job.</summary>
    private async Task WaitUntilAllIsReleasedAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        while (!timeout.IsCancellationRequested)
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
            $"There remain {TorchEngine.Live - _engineCount} engines that are not disposed of, {Alive(_engines)} that "
                + $"are referenced, {Alive(_datasets)} data sets, and {TensorMemory.LiveBytes} bytes of the lane."
        );
    }

    private static int Alive(List<WeakReference> references) => references.Count(reference => reference.IsAlive);

    private sealed class Engines(JobsInARowSpecs specs) : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job)
        {
            var engine = job.Model.Name == "own" ? Custom().Create(job) : Jobs.Engine(job.Model.Name);
            specs._engines.Add(new WeakReference(engine));
            return engine;
        }

        private TorchModelEngineFactory Custom() =>
            new(
                "own",
                new TorchModel(() => Sequential(Linear(2, 8), BatchNorm1d(8), ReLU(), Linear(8, 4))),
                Load,
                new TorchOptions("cpu", Threads: 1)
            );

        private IDataset Load(JobOptions job)
        {
            var dataset = Toy.Quarters(samples: 512);
            specs._datasets.Add(new WeakReference(dataset));
            return dataset;
        }
    }
}
