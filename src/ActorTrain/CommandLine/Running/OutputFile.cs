using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>A file that a verb will write when it is done.</summary>
internal static class OutputFile
{
    /// <summary>Tries, without leaving a trace, whether a file can be written.</summary>
    /// <exception cref="ActorTrainException">It cannot.</exception>
    public static void Check(string path, string option)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new ActorTrainException($"{option} is empty; it must be a file to write.");
        if (Directory.Exists(path)) throw new ActorTrainException($"{option} is {path}, a folder; it must be a file to write.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new ActorTrainException($"{option} is {path}, and {folder} does not exist; it must be a file in a folder that does.");
        try
        {
            // A result is renamed into its place, so the folder must take new files, and an old result must not be locked.
            File.Create(Path.Combine(folder, $".actortrain-{Environment.ProcessId}-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose).Dispose();
            if (File.Exists(path)) File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite).Dispose();
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new ActorTrainException($"{option} is {path}, which cannot be written: {denied.AsClause()}.", denied);
        }
    }
}
