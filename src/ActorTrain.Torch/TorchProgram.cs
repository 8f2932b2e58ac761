using ActorTrain.Hosting;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Models;
using static TorchSharp.torch;

namespace ActorTrain.Torch;

/// <summary>
/// Creates a program that trains its own TorchSharp model. The package <c>ActorTrain.CommandLine</c> runs it:
/// <c>ActorTrainProgram.RunAsync(args, TorchProgram.Create(model, data, options))</c>.
/// </summary>
public static class TorchProgram
{
    /// <summary>Creates a program for a module.</summary>
    /// <param name="model">Builds the module, a new one each time: [n, input shape] f32 to [n, classes] scores, or to
    /// [n, target shape] numbers; see <see cref="TorchModel"/>.</param>
    /// <param name="data">Loads the data set; it gets the folder that <c>--data</c> names, or null. Called only on
    /// nodes with engines.</param>
    /// <param name="options">How its jobs differ from reference.conf: HOCON, as it would stand inside
    /// <c>actortrain.job { }</c>, such as <c>epochs = 3, optimizer.name = adam</c>.</param>
    public static NodeProgram Create(
        Func<nn.Module<Tensor, Tensor>> model,
        Func<string?, IDataset> data,
        string options = ""
    ) => Create(new TorchModel(model), data, options);

    /// <summary>Creates a program for a model with its own loss or metric.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Loads the data set; it gets the folder that <c>--data</c> names, or null.</param>
    /// <param name="options">How its jobs differ from reference.conf.</param>
    public static NodeProgram Create(TorchModel model, Func<string?, IDataset> data, string options = "")
    {
        NodeProgram? program = null;
        return program = new NodeProgram(
            (settings, job) =>
            {
                var engines = new TorchModelEngineFactory(
                    program!.Name,
                    model,
                    _ => data(settings.DataFolder),
                    new DeviceSource(new TorchOptions(settings.Device, settings.Threads)),
                    note => program.WriteNote(note)
                );
                // A node whose job is not known yet reports missing data or devices when it starts.
                if (job is null)
                    engines.Prepare();
                return engines;
            }
        )
        {
            Options = options,
        };
    }
}
