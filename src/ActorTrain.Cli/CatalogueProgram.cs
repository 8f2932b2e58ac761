using System.CommandLine;
using ActorTrain.Cli.Proving;
using ActorTrain.Cli.Simulating;
using ActorTrain.CommandLine;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.Torch;
using ActorTrain.Torch.Data;

namespace ActorTrain.Cli;

/// <summary>
/// The program <c>actortrain</c>: trains the models and data sets that come with ActorTrain.
/// </summary>
internal static class CatalogueProgram
{
    /// <summary>The verbs that only this program has.</summary>
    public static IReadOnlyList<Func<Terminal, NodeProgram, Command>> Verbs { get; } =
    [SimulateVerb.Create, LawsVerb.Create];

    public static NodeProgram Create() =>
        new(Engines, "actortrain")
        {
            HasCatalogue = true,
            Validate = job => TorchJob.Validate(job),
            JobOptions =
            [
                new("--model", "NAME", "mlp, cnn or mobilenet.", "model.name"),
                new("--hidden", "SIZES", "Hidden layers of the mlp, such as 1024,1024.", "model.mlp.hidden"),
                new("--width", "FACTOR", "Width of the mobilenet: 0.25, 0.5, 0.75 or 1.0.", "model.mobilenet.width"),
                new(
                    "--source",
                    "WHICH",
                    "full, built-in, or auto: the data set's files where they are found, the built-in subset "
                        + "otherwise.",
                    "data.source"
                ),
                new("--flip", "ON/OFF", "Mirror images at random.", "data.augmentation.flip"),
            ],
            DemoSettings = Demo,
        };

    /// <summary>
    /// Reads the job's files at once, or those of the data folder named while there is no job, and finds the GPU named:
    /// so damaged and missing files and devices are found before the first job.
    /// </summary>
    private static TorchEngineFactory Engines(EngineSettings settings, JobOptions? job)
    {
        var folder = settings.DataFolder;
        var named = folder ?? Environment.GetEnvironmentVariable(FashionMnist.FolderVariable);
        var source = job?.Data.Settings["source"];
        if (source == Choices.NameOf(DataSource.BuiltIn))
            folder = null;
        else if (source == Choices.NameOf(DataSource.Full))
            FashionMnist.Load(DataSource.Full, folder);
        else if (!string.IsNullOrEmpty(named))
            FashionMnist.Load(DataSource.Full, named);

        var engines = new TorchEngineFactory(new TorchOptions(settings.Device, settings.Threads, folder));
        if (settings.Device is not ("auto" or "cpu"))
            engines.FindDevice();
        return engines;
    }

    /// <summary>A job that two slow cores finish in a minute.</summary>
    private static IEnumerable<SettingOverride> Demo(EngineSettings engine) =>
        [
            new("actortrain.job.model.name", "cnn", "demo"),
            new("actortrain.job.data.source", engine.DataFolder is null ? "built-in" : "full", "demo"),
            new("actortrain.job.epochs", "12", "demo"),
            // Asynchrony adds momentum (Mitliagkas et al. 2016): with three workers and a momentum of 0.9, the first
            // epochs diverge.
            new("actortrain.job.optimizer.momentum", "0.5", "demo"),
            new("actortrain.job.optimizer.learning-rate", "0.08", "demo"),
            new("actortrain.job.schedule.name", "cosine", "demo"),
            new("actortrain.job.schedule.warm-up", "0.5", "demo"),
        ];
}
