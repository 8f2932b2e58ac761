using ActorTrain.Hosting;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using static TorchSharp.torch;

namespace ActorTrain.Torch;

/// <summary>
/// A whole node of one's own for a TorchSharp model: <c>ActorTrainNode.RunAsync(args, model, data, options)</c>.
/// </summary>
public static class TorchNode
{
    extension(ActorTrainNode)
    {
        /// <summary>
        /// Runs a program by its arguments: seed, worker, a whole local cluster, a client.
        /// <see cref="ActorTrainNode.RunAsync(IReadOnlyList{string}, NodeProgram)"/> says more.
        /// </summary>
        /// <param name="args">The program's arguments; the address of the cluster is among them (<c>--join
        /// HOST:PORT</c>).</param>
        /// <param name="model">Builds the module: [n, input shape] f32 to [n, classes] scores, or to [n, target shape]
        /// numbers. A new one each time; see <see cref="TorchModel"/>.</param>
        /// <param name="data">Loads the data set; it gets the folder that <c>--data</c> names, or null. Called only
        /// where there are engines.</param>
        /// <param name="options">How its jobs differ from reference.conf: HOCON, as it would stand inside
        /// <c>actortrain.job { }</c>, such as <c>epochs = 3, optimizer.name = adam</c>.</param>
        /// <returns>The exit code. Errors have been written, in one line each.</returns>
        public static Task<int> RunAsync(
            IReadOnlyList<string> args,
            Func<nn.Module<Tensor, Tensor>> model,
            Func<string?, IDataset> data,
            string options = ""
        ) => ActorTrainNode.RunAsync(args, new TorchModel(model), data, options);

        /// <summary>Runs a program by its arguments, for a model with a loss or a metric of its own.</summary>
        /// <param name="args">The program's arguments.</param>
        /// <param name="model">The model.</param>
        /// <param name="data">Loads the data set; it gets the folder that <c>--data</c> names, or null.</param>
        /// <param name="options">How its jobs differ from reference.conf.</param>
        /// <returns>The exit code.</returns>
        public static Task<int> RunAsync(
            IReadOnlyList<string> args,
            TorchModel model,
            Func<string?, IDataset> data,
            string options = ""
        ) => ActorTrainNode.RunAsync(args, ProgramOf(model, data, options));
    }

    private static NodeProgram ProgramOf(TorchModel model, Func<string?, IDataset> data, string options)
    {
        var name = System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name ?? "own";
        NodeProgram? program = null;
        return program = new NodeProgram(
            (settings, job) =>
            {
                var engineOptions = new TorchOptions(settings.Device, settings.Threads, settings.DataFolder);
                var engines = new OwnEngineFactory(name, model, data, engineOptions, note => program?.WriteNote(note));
                // A node whose job is not known yet says what is missing when it starts.
                if (job is null)
                    engines.Prepare();
                return engines;
            },
            name
        )
        {
            Options = options,
        };
    }
}
