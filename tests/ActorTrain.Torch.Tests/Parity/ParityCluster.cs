using System.Collections.Concurrent;
using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;

namespace ActorTrain.Torch.Tests.Parity;

/// <summary>A real cluster of one worker for several jobs, each with its own model and data.</summary>
public sealed class ParityCluster : IAsyncLifetime
{
    private readonly Models _models = new();
    private readonly TemporaryFolder _folder = new();
    private ActorTrainNode _seed = null!;
    private readonly List<ActorTrainNode> _workers = [];

    public async Task InitializeAsync()
    {
        _seed = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions { Roles = [NodeRoles.Coordinator, NodeRoles.Server] }
        );
        await AddWorkerAsync();
    }

    internal async Task AddWorkerAsync() =>
        _workers.Add(
            await ActorTrainNode.StartAsync(
                new StandaloneNodeOptions
                {
                    Roles = [NodeRoles.Worker],
                    Join = _seed.Address,
                    Engines = _models,
                }
            )
        );

    /// <summary>Trains a model, saves it and returns the saved tensors with the report.</summary>
    internal async Task<(SavedModel Saved, TrainingReport Report)> Train(
        JobOptions job,
        TorchModel model,
        IDataset data
    )
    {
        var name = $"model-{Guid.NewGuid():n}";
        _models.Add(name, model, data);
        var run = await TrainingClient.From(_seed).SubmitAsync(job with { Model = job.Model with { Name = name } });
        var result = await run.Completion.WaitAsync(TimeSpan.FromMinutes(10));
        SafeTensors.Save(_folder["model.safetensors"], result.Model, new Dictionary<string, string>());
        return (SafeTensors.Load(_folder["model.safetensors"]), result.Report);
    }

    public async Task DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class Models : IEngineFactory
    {
        private readonly ConcurrentDictionary<string, TorchModelEngineFactory> _factories = [];

        public void Add(string name, TorchModel model, IDataset data) =>
            _factories[name] = new TorchModelEngineFactory(name, model, _ => data, new TorchOptions("cpu", Threads: 1));

        public IGradientEngine Create(JobOptions job) => _factories[job.Model.Name].Create(job);
    }
}
