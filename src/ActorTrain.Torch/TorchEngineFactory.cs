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

/// <summary>Creates engines that compute with TorchSharp.</summary>
public sealed class TorchEngineFactory : IEngineFactory
{
    private readonly TorchOptions _options;
    private readonly DeviceSource _device;
    private readonly ModelCatalog _models;
    private readonly Action<string>? _log;
    private int _logged;

    // Kept because the next job usually has the same data set: so it starts without loading, and memory does not grow
    // from job to job.
    private ImageDataset? _dataset;

    /// <summary>Prepares to create engines; nothing is loaded yet.</summary>
    /// <param name="options">What the node gives its engines.</param>
    /// <param name="models">The models that jobs may name; null for those that come with ActorTrain.</param>
    /// <param name="log">Gets a line about the data that is used, and one about TorchSharp where an adapted copy was
    /// loaded.</param>
    /// <exception cref="ActorTrainException">An option is wrong.</exception>
    public TorchEngineFactory(TorchOptions options, ModelCatalog? models = null, Action<string>? log = null)
    {
        (_options, _models, _log) = (options, models ?? ModelCatalog.Default, log);
        _device = new DeviceSource(options);
    }

    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job)
    {
        // Before any code of a user runs: a user's model may use TorchSharp.
        var library = TorchLibrary.Load();
        var model = _models.Find(job.Model.Name);
        model.Validate(ModelCatalog.SettingsOf(job.Model));
        var settings = DataSettings.From(job.Data);
        var dataset = _dataset = FashionMnist.Load(settings.Source, _options.DataFolder);
        if (_log is not null && Interlocked.Exchange(ref _logged, 1) == 0)
        {
            if (library.Adapted)
                _log(library.Description);
            _log(
                $"Training data: {dataset.Description.Name} from {dataset.Origin}, "
                    + $"{Plural.Number(dataset.Train.Count)} + {Plural.Format(dataset.Test.Count, "image")}."
            );
        }
        return Build(model, job, dataset, settings);
    }

    /// <inheritdoc/>
    public DatasetDescription? FindData(JobOptions job) =>
        FashionMnist.Load(DataSettings.From(job.Data).Source, _options.DataFolder).Description;

    /// <summary>Loads TorchSharp and looks for the device now instead of with the first job.</summary>
    /// <exception cref="ActorTrainException">The device is not there, or the library cannot be loaded.</exception>
    public DeviceDescription FindDevice() => _device.Find();

    /// <inheritdoc/>
    public void NodeStarted() => _device.Threads.NodeStarted();

    /// <inheritdoc/>
    public void NodeStopped() => _device.Threads.NodeStopped();

    // In a method of its own: TorchSharp's types must not be used before its library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TorchEngine Build(ITorchModel model, JobOptions job, ImageDataset dataset, DataSettings settings)
    {
        var device = _device.Open();
        HostAllocator.KeepHeapsOfThisThread();
        var network = new FlatNetwork(
            model.Name,
            () => model.Build(ModelCatalog.SettingsOf(job.Model), dataset.Train.Shape, dataset.Classes),
            device
        );
        return _device.ChooseThreads(
            new TorchEngine(network, dataset, settings.Augmentation, device, job),
            device,
            job
        );
    }
}
