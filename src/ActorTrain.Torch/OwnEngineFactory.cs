using System.Runtime.CompilerServices;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Native;
using ActorTrain.Torch.Settings;
using ActorTrain.Worker;

namespace ActorTrain.Torch;

/// <summary>Makes TorchSharp engines for one model and one data set of one's own.</summary>
public sealed class OwnEngineFactory : IEngineFactory
{
    private readonly string _name;
    private readonly TorchModel _model;
    private readonly DeviceSource _device;
    private readonly Lazy<IDataset> _dataset;

    /// <summary>Prepares to make engines; nothing is loaded yet.</summary>
    /// <param name="name">The model's name: a job that names another is refused.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">Loads the data set, once, when the first engine is made; it gets
    /// <see cref="TorchOptions.DataFolder"/>.</param>
    /// <param name="options">What the node gives its engines.</param>
    /// <param name="log">Told the <see cref="ImageDataset.Notes"/> of a data set that has some, once.</param>
    /// <exception cref="ActorTrainException">An option is wrong.</exception>
    public OwnEngineFactory(
        string name,
        TorchModel model,
        Func<string?, IDataset> data,
        TorchOptions options,
        Action<string>? log = null
    )
    {
        (_name, _model, _device) = (name, model, new DeviceSource(options));
        _dataset = new Lazy<IDataset>(() =>
        {
            var dataset =
                data(options.DataFolder) ?? throw new ActorTrainException($"model {name}: its data set is null");
            foreach (var note in (dataset as ImageDataset)?.Notes ?? [])
                log?.Invoke(note);
            return dataset;
        });
    }

    /// <summary>Loads the data set and looks for a device that was named now, and not with the first job.</summary>
    /// <exception cref="ActorTrainException">The data set or the device cannot be used.</exception>
    public void Prepare()
    {
        _ = Dataset;
        _device.Find();
    }

    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job)
    {
        if (job.Model.Name != _name)
            throw new ActorTrainException(
                $"the job trains model {job.Model.Name}, and this node's program has the model {_name}"
            );
        return Build(job, Dataset, DataSettings.AugmentationOf(job.Data, Dataset));
    }

    /// <inheritdoc/>
    public DatasetDescription? FindData(JobOptions job) => Dataset.Description;

    private IDataset Dataset
    {
        get
        {
            // What loads it is somebody's own, and may use TorchSharp.
            TorchLibrary.Load();
            try
            {
                return _dataset.Value;
            }
            catch (Exception failure) when (failure is not ActorTrainException)
            {
                throw new ActorTrainException(
                    $"the data set of model {_name} cannot be loaded: {failure.AsNamedClause()}",
                    failure
                );
            }
        }
    }

    /// <inheritdoc/>
    public void NodeStarted() => _device.Threads.NodeStarted();

    /// <inheritdoc/>
    public void NodeStopped() => _device.Threads.NodeStopped();

    // Alone in a method: TorchSharp's types may be touched only after its library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TorchEngine Build(JobOptions job, IDataset dataset, Augmentation augmentation)
    {
        var device = _device.Take();
        HostAllocator.KeepHeapsOfThisThread();
        var network = new FlatNetwork(_name, BuildModule, device, _model);
        return _device.Settle(new TorchEngine(network, dataset, augmentation, device, job, _model), device, job);
    }

    private TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> BuildModule()
    {
        try
        {
            return _model.Build()
                ?? throw new ActorTrainException($"model {_name}: its factory gave null; it must build a module");
        }
        catch (Exception failure) when (failure is not (ActorTrainException or OutOfMemoryException))
        {
            throw new ActorTrainException($"model {_name}: its factory fails: {failure.AsNamedClause()}", failure);
        }
    }
}
