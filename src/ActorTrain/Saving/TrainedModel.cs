using ActorTrain.Engines;
using ActorTrain.Job;

namespace ActorTrain.Saving;

/// <summary>A model with its trained values.</summary>
/// <param name="Description">Name and layouts.</param>
/// <param name="Parameters">[<c>Description.Parameters.Length</c>] f32.</param>
/// <param name="Buffers">[<c>Description.Buffers.Length</c>] f32.</param>
public sealed record TrainedModel(
    ModelDescription Description,
    ReadOnlyMemory<float> Parameters,
    ReadOnlyMemory<float> Buffers
)
{
    /// <summary>The data set that it was trained on; null for a model that is not the result of a run.</summary>
    public DatasetSummary? Data { get; init; }

    /// <summary>
    /// Saves parameters and buffers in the safetensors format, with the names that PyTorch gives them. The file appears
    /// whole or not at all: a write that fails leaves an earlier file as it was.
    /// </summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="metadata">What to write about the training: any keys, any values.</param>
    /// <exception cref="ActorTrainException">The file cannot be written.</exception>
    public void SaveSafetensors(string path, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafeTensors.Save(path, this, metadata ?? new Dictionary<string, string>());
}
