using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Torch;
using ActorTrain.Torch.Saving;
using ActorTrain.Worker;

namespace ActorTrain.Cli.Running;

/// <summary>The engine that this command comes with.</summary>
internal static class Engine
{
    /// <summary>Makes the engines of a node.</summary>
    public static IEngineFactory Factory(EngineSettings settings) =>
        new TorchEngineFactory(new TorchOptions(settings.Device, settings.Threads, settings.DataFolder));

    /// <summary>Checks what the engine knows of a job: its model and its data set.</summary>
    public static void Validate(JobOptions job) => TorchJob.Validate(job);

    /// <summary>Writes a trained model, with what is to be known about it.</summary>
    public static void Save(string path, TrainedModel model, IReadOnlyDictionary<string, string> metadata) => SafeTensors.Save(path, model, metadata);
}
