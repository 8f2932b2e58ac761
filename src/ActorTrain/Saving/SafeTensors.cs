using ActorTrain.Files;
using ActorTrain.Sentences;

namespace ActorTrain.Saving;

/// <summary>
/// Saves and loads models as safetensors files, see https://github.com/huggingface/safetensors: the length of a
/// header, the header as JSON, and the tensors' bytes, all little-endian.
/// </summary>
public static class SafeTensors
{
    /// <summary>
    /// Saves a model. The file is replaced as a whole: a failed write leaves an earlier file as it was.
    /// </summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="model">The model.</param>
    /// <param name="metadata">Facts about the training: any keys and values.</param>
    /// <exception cref="ActorTrainException">The file cannot be written.</exception>
    internal static void Save(string path, TrainedModel model, IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            WholeFile.Write(path, stream => SafeTensorsWriter.Write(stream, model, metadata));
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException(
                $"The model cannot be saved as {path}: {WholeFile.ReasonOf(denied)}.",
                denied
            );
        }
    }

    /// <summary>Loads a file; its tensors may be of any <see cref="Parameters.ElementType"/>.</summary>
    /// <exception cref="ActorTrainException">It cannot be read, or is not a safetensors file.</exception>
    public static SavedModel Load(string path)
    {
        try
        {
            return SafeTensorsReader.Read(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ActorTrainException($"The model {path} cannot be loaded: {e.AsClause()}.", e);
        }
    }
}
