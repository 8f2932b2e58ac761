using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Native;
using ActorTrain.Torch.Settings;

namespace ActorTrain.Torch;

/// <summary>Creates TorchSharp engines for one model and one data set of a user.</summary>
public sealed class TorchModelEngineFactory : IEngineFactory
{
    private readonly string _name;
    private readonly TorchModel _model;
    private readonly DeviceSource _device;
    private readonly JobData _data;
    private readonly ConcurrentDictionary<string, bool> _notes = [];

    /// <summary>Prepares to create engines; nothing is loaded yet.</summary>
    /// <param name="name">The model's name: a job that names another is refused.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">Loads a job's data set. It is loaded for each job, and kept while engines use it; jobs with
    /// the same data section share it.</param>
    /// <param name="options">What the node gives its engines.</param>
    /// <param name="log">Gets the <see cref="ImageDataset.Notes"/> of the data sets, each once.</param>
    /// <exception cref="ActorTrainException">An option is wrong.</exception>
    public TorchModelEngineFactory(
        string name,
        TorchModel model,
        Func<JobOptions, IDataset> data,
        TorchOptions options,
        Action<string>? log = null
    )
        : this(name, model, job => data(job!), new DeviceSource(Checked(options)), log) { }

    internal TorchModelEngineFactory(
        string name,
        TorchModel model,
        Func<JobOptions?, IDataset> data,
        DeviceSource device,
        Action<string>? log
    ) => (_name, _model, _device, _data) = (name, model, device, new JobData(job => Load(job, data, log)));

    internal static TorchOptions Checked(TorchOptions options) =>
        options.DataFolder is null
            ? options
            : throw new ActorTrainException(
                $"TorchOptions.DataFolder is {options.DataFolder}; it must be null: the model's own function loads its "
                    + "data."
            );

    /// <summary>Loads the data set and looks for the device now instead of with the first job.</summary>
    /// <exception cref="ActorTrainException">The data set or the device cannot be used.</exception>
    internal void Prepare()
    {
        _data.Find(job: null);
        _device.Find();
    }

    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job)
    {
        if (job.Model.Name != _name)
            throw new ActorTrainException(
                $"the job trains model {job.Model.Name}, and this node's program has the model {_name}"
            );
        var use = _data.Use(job);
        try
        {
            var augmentation = DataSettings.ReadAugmentation(job.Data, use.Dataset);
            return new DataHoldingEngine(Build(job, use.Dataset, augmentation), use);
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public DatasetDescription? FindData(JobOptions job) => _data.Find(job).Description;

    private IDataset Load(JobOptions? job, Func<JobOptions?, IDataset> data, Action<string>? log)
    {
        // A user's code loads it, and may use TorchSharp.
        TorchLibrary.Load();
        try
        {
            var dataset = data(job) ?? throw new ActorTrainException($"model {_name}: its data set is null");
            foreach (var note in (dataset as ImageDataset)?.Notes ?? [])
                if (_notes.TryAdd(note, true))
                    log?.Invoke(note);
            return dataset;
        }
        catch (Exception failure) when (failure is not ActorTrainException)
        {
            throw new ActorTrainException(
                $"the data set of model {_name} cannot be loaded: {failure.AsNamedClause()}",
                failure
            );
        }
    }

    /// <inheritdoc/>
    public void NodeStarted() => _device.Threads.NodeStarted();

    /// <inheritdoc/>
    public void NodeStopped() => _device.Threads.NodeStopped();

    // In a method of its own: TorchSharp's types must not be used before its library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TorchEngine Build(JobOptions job, IDataset dataset, Augmentation augmentation)
    {
        var device = _device.Open();
        HostAllocator.KeepHeapsOfThisThread();
        var network = new FlatNetwork(_name, BuildModule, device, _model);
        return _device.ChooseThreads(new TorchEngine(network, dataset, augmentation, device, job, _model), device, job);
    }

    private TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> BuildModule()
    {
        try
        {
            return _model.Build()
                ?? throw new ActorTrainException($"model {_name}: its factory returned null; it must build a module");
        }
        catch (Exception failure) when (failure is not (ActorTrainException or OutOfMemoryException))
        {
            throw new ActorTrainException($"model {_name}: its factory fails: {failure.AsNamedClause()}", failure);
        }
    }
}
