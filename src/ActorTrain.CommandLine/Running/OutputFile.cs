using ActorTrain.Files;

namespace ActorTrain.CommandLine.Running;

/// <summary>A file that a verb writes at its end, checked before it begins.</summary>
internal static class OutputFile
{
    // A block of data: on a full disk a new file can be created, but not written.
    private static readonly byte[] Block = new byte[4096];

    /// <summary>Checks, without leaving a trace, that each requested file can be written.</summary>
    /// <exception cref="ActorTrainException">One cannot, or two options name the same file.</exception>
    public static void CheckAll(params IReadOnlyList<(string? Path, string Option)> files)
    {
        var given = files.Where(file => file.Path is not null).ToList();
        foreach (var (path, option) in given)
            Check(path!, option);
        foreach (var same in given.GroupBy(file => Path.GetFullPath(file.Path!)).Where(group => group.Count() > 1))
        {
            var (path, first) = same.First();
            if (WholeFile.IsDevice(path!))
                continue;
            throw new ActorTrainException(
                $"{first} and {same.ElementAt(1).Option} are both {path}; they must be two files."
            );
        }
    }

    /// <summary>Checks, without leaving a trace, that a file can be written.</summary>
    /// <exception cref="ActorTrainException">It cannot.</exception>
    public static void Check(string path, string option)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new ActorTrainException($"{option} is empty; it must be a file to write.");
        if (Directory.Exists(path))
            throw new ActorTrainException($"{option} is {path}, a folder; it must be a file to write.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new ActorTrainException(
                $"{option} is {path}, and {folder} does not exist; it must be a file in a folder that does."
            );
        try
        {
            // A result is renamed into its place: the folder must accept new files, and an old result must not be
            // locked.
            if (File.Exists(path))
                File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite).Dispose();
            if (WholeFile.IsDevice(path))
                return;
            using var trial = new FileStream(
                WholeFile.PartialOf(path),
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose
            );
            trial.Write(Block);
        }
        catch (Exception denied) when (WholeFile.IsDenial(denied))
        {
            throw new ActorTrainException(
                $"{option} is {path}, which cannot be written: {WholeFile.ReasonOf(denied)}.",
                denied
            );
        }
    }
}
