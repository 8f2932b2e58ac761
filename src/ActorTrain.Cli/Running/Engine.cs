using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.Torch;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Saving;
using ActorTrain.Worker;

namespace ActorTrain.Cli.Running;

/// <summary>The engine that this command comes with.</summary>
internal static class Engine
{
    /// <summary>
    /// Makes the engines of a node. A data folder that was named is read at once, and a GPU that was named is looked for: what is damaged or
    /// missing is found now and not in the first job.
    /// </summary>
    public static IEngineFactory Factory(EngineSettings settings)
    {
        var folder = settings.DataFolder ?? Environment.GetEnvironmentVariable(FashionMnist.FolderVariable);
        if (!string.IsNullOrEmpty(folder)) FashionMnist.Load(DataSource.Full, folder);
        return Factory(settings, settings.DataFolder);
    }

    /// <summary>Makes the engines of a node whose job is known: files that the job requires are read at once.</summary>
    public static IEngineFactory Factory(EngineSettings settings, JobOptions job)
    {
        var source = job.Data.Settings["source"];
        if (source == Choices.NameOf(DataSource.BuiltIn)) return Factory(settings, dataFolder: null);
        if (source == Choices.NameOf(DataSource.Full)) FashionMnist.Load(DataSource.Full, settings.DataFolder);
        return Factory(settings);
    }

    private static IEngineFactory Factory(EngineSettings settings, string? dataFolder)
    {
        var engines = new TorchEngineFactory(new TorchOptions(settings.Device, settings.Threads, dataFolder));
        if (settings.Device is not ("auto" or "cpu")) engines.FindDevice();
        return settings.Throttle < 1 ? new ThrottledEngines(engines, () => settings.Throttle) : engines;
    }

    /// <summary>Checks what the engine knows of a job: its model and its data set.</summary>
    public static void Validate(JobOptions job) => TorchJob.Validate(job);

    /// <summary>Writes a trained model, with what is to be known about it.</summary>
    public static void Save(string path, TrainedModel model, IReadOnlyDictionary<string, string> metadata) => SafeTensors.Save(path, model, metadata);
}
