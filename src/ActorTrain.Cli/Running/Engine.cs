using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Worker;

namespace ActorTrain.Cli.Running;

/// <summary>The engine that this command comes with.</summary>
internal static class Engine
{
    /// <summary>Makes the engines of a node.</summary>
    public static IEngineFactory Factory(EngineSettings settings) => throw new NotImplementedException($"engine on {settings.Device}");

    /// <summary>Checks what the engine knows of a job: its model and its data set.</summary>
    public static void Validate(JobOptions job) => ArgumentNullException.ThrowIfNull(job);

    /// <summary>Writes a trained model, with what is to be known about it.</summary>
    public static void Save(string path, TrainedModel model, IReadOnlyDictionary<string, string> metadata) => throw new NotImplementedException(path + model + metadata);
}
