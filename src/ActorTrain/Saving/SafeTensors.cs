using ActorTrain.Hosting;
using ActorTrain.Sentences;

namespace ActorTrain.Saving;

/// <summary>
/// Saves and loads models as safetensors files, see https://github.com/huggingface/safetensors: the length of a
/// header, the header as JSON, and the tensors' bytes, all little-endian.
/// </summary>
public static class SafeTensors
{
    /// <summary>Saves a model. The file appears whole or not at all: a write that fails leaves an earlier file as it was.</summary>
    /// <param name="path">Where to; an existing file is replaced.</param>
    /// <param name="model">What to save.</param>
    /// <param name="metadata">What to write about the training: any keys, any values.</param>
    /// <exception cref="ActorTrainException">The file cannot be written.</exception>
    public static void Save(string path, TrainedModel model, IReadOnlyDictionary<string, string> metadata)
    {
        var partial = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                SafeTensorsWriter.Write(stream, model, metadata);
                // On the disk before it takes the earlier file's place.
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        // The last is what .NET makes of a file that grows beyond what the system allows.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            Discard(partial);
            throw new ActorTrainException($"The model cannot be saved as {path}: {e.AsClause()}.", e);
        }
    }

    /// <summary>Loads a file; its tensors may be of any <see cref="Parameters.ElementType"/>.</summary>
    /// <exception cref="ActorTrainException">It cannot be read, or is not such a file.</exception>
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

    private static void Discard(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to tell; what is left has a name that nobody mistakes for a model.
        }
    }
}
