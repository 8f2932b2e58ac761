using ActorTrain.Sentences;

namespace ActorTrain.Torch.Data;

/// <summary>A folder with the files of a data set, plain or compressed.</summary>
internal sealed class FolderSource(string folder) : IFileSource
{
    public string Name => folder;

    /// <summary>
    /// Whether it has any of these files. A usual folder that has none is skipped.
    /// </summary>
    public bool HasAnyOf(IEnumerable<string> files) => files.Any(file => PathOf(file) is not null);

    public FoundFile Open(string file)
    {
        if (!Directory.Exists(folder))
            throw new ActorTrainException($"The data folder {folder} does not exist.");
        var path =
            PathOf(file)
            ?? throw new ActorTrainException(
                Directory.EnumerateFileSystemEntries(folder).Any()
                    ? $"The data folder {folder} has neither {file}.gz nor {file}; it must have the four files of "
                        + $"Fashion-MNIST."
                    : $"The data folder {folder} is empty; it must have the four files of Fashion-MNIST ({file}.gz "
                        + $"and its like)."
            );
        try
        {
            return new FoundFile(File.OpenRead(path), path, path.EndsWith(".gz", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ActorTrainException($"{path}: it cannot be read ({e.AsClause()}).", e);
        }
    }

    private string? PathOf(string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path + ".gz") ? path + ".gz"
            : File.Exists(path) ? path
            : null;
    }
}
