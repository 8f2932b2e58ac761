using System.Runtime.InteropServices;
using ActorTrain.Engines;
using ActorTrain.Parameters;

namespace ActorTrain.Saving;

/// <summary>The content of a safetensors file.</summary>
/// <param name="Path">The file, for errors.</param>
/// <param name="Metadata">Facts about the training.</param>
/// <param name="Tensors">The tensors by name.</param>
public sealed record SavedModel(
    string Path,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyDictionary<string, SavedTensor> Tensors
)
{
    /// <summary>The values, laid out for a model.</summary>
    /// <exception cref="ActorTrainException">The file is of another model; the message names the first
    /// difference.</exception>
    public TrainedModel As(ModelDescription model)
    {
        var known = model
            .Parameters.Tensors.Concat(model.Buffers.Tensors)
            .Where(tensor => tensor.IsSaved)
            .SelectMany(tensor => tensor.Aliases.Prepend(tensor.Name))
            .ToHashSet();
        if (Tensors.Keys.FirstOrDefault(name => !known.Contains(name)) is { } strange)
            throw new ActorTrainException($"{Path}: it has a tensor {strange}, which the model {model.Name} has not.");
        return new TrainedModel(model, Gather(model.Name, model.Parameters), Gather(model.Name, model.Buffers));
    }

    private float[] Gather(string model, ParameterLayout layout)
    {
        var values = new float[layout.Length];
        // A tensor's other names have the same values.
        foreach (var place in layout.Tensors.Where(place => place.IsSaved))
        {
            if (!Tensors.TryGetValue(place.Name, out var tensor))
                throw new ActorTrainException($"{Path}: it has no tensor {place.Name}, which the model {model} has.");
            if (!tensor.Shape.SequenceEqual(place.Shape))
                throw new ActorTrainException(
                    $"{Path}: its tensor {place.Name} is [{string.Join(", ", tensor.Shape)}], and that of the model "
                        + $"{model} is [{string.Join(", ", place.Shape)}]."
                );
            if (tensor.Type != place.Type)
                throw new ActorTrainException(
                    $"{Path}: its tensor {place.Name} is {tensor.Type}, and that of the model {model} is "
                        + $"{place.Type}."
                );
            tensor.Bytes.Span.CopyTo(MemoryMarshal.AsBytes(values.AsSpan(place.Offset, place.Length)));
        }
        return values;
    }
}
