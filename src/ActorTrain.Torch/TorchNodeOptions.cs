using System.Runtime.CompilerServices;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Models;
using static TorchSharp.torch;

namespace ActorTrain.Torch;

/// <summary>TorchSharp models in the options of a node.</summary>
public static class TorchNodeOptions
{
    // All models of a node share its devices, so that the node counts once among the machine's workers.
    private static readonly ConditionalWeakTable<NodeOptions, Dictionary<TorchOptions, DeviceSource>> Devices = [];

    /// <summary>Adds a TorchSharp module that jobs may name.</summary>
    /// <param name="node">The node's options.</param>
    /// <param name="name">The model's name: <c>model.name</c> of a job.</param>
    /// <param name="model">Builds the module, a new one each time: [n, input shape] f32 to [n, classes] scores, or to
    /// [n, target shape] numbers; see <see cref="TorchModel"/>.</param>
    /// <param name="data">Loads a job's data set. It is loaded for each job, and kept while engines use it; jobs with
    /// the same data section share it.</param>
    /// <param name="options">Device and threads; null for the defaults.</param>
    /// <param name="log">Gets the <see cref="ImageDataset.Notes"/> of the data sets, each once.</param>
    /// <returns>The node's options.</returns>
    /// <exception cref="ActorTrainException">The name is empty or taken, or an option is wrong.</exception>
    public static NodeOptions AddModel(
        this NodeOptions node,
        string name,
        Func<nn.Module<Tensor, Tensor>> model,
        Func<JobOptions, IDataset> data,
        TorchOptions? options = null,
        Action<string>? log = null
    ) => node.AddModel(name, new TorchModel(model), data, options, log);

    /// <summary>Adds a TorchSharp model with its own loss or metric.</summary>
    /// <param name="node">The node's options.</param>
    /// <param name="name">The model's name: <c>model.name</c> of a job.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">Loads a job's data set. It is loaded for each job, and kept while engines use it; jobs with
    /// the same data section share it.</param>
    /// <param name="options">Device and threads; null for the defaults.</param>
    /// <param name="log">Gets the <see cref="ImageDataset.Notes"/> of the data sets, each once.</param>
    /// <returns>The node's options.</returns>
    /// <exception cref="ActorTrainException">The name is empty or taken, or an option is wrong.</exception>
    public static NodeOptions AddModel(
        this NodeOptions node,
        string name,
        TorchModel model,
        Func<JobOptions, IDataset> data,
        TorchOptions? options = null,
        Action<string>? log = null
    )
    {
        var devices = Devices.GetOrCreateValue(node);
        var key = TorchModelEngineFactory.Checked(options ?? new TorchOptions());
        if (!devices.TryGetValue(key, out var device))
            devices.Add(key, device = new DeviceSource(key));
        return node.AddModel(name, new TorchModelEngineFactory(name, model, job => data(job!), device, log));
    }
}
