using System.Globalization;
using ActorTrain.Files;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// Writes the results of a job. A result that cannot be written to the requested path, as on a full disk, is written to
/// the user's state folder or else to the temporary folder, and its place is reported: hours of training must not be
/// lost because of one file.
/// </summary>
/// <param name="writeError">Receives a sentence for each result that is elsewhere, or lost.</param>
/// <param name="otherFolders">
/// Creates the other folders when they are needed, the preferred one first; null: there is none.
/// </param>
internal sealed class ResultFiles(Action<string> writeError, params IReadOnlyList<Func<string?>> otherFolders)
{
    private const int MaxNameLength = 100;

    /// <summary>Creates the result files of a command.</summary>
    public static ResultFiles Create(Terminal terminal) =>
        new(terminal.WriteError, () => StateFolder(terminal.Program), () => TemporaryFolder(terminal.Program));

    /// <summary>Whether every result is at its requested path.</summary>
    public bool AllInPlace { get; private set; } = true;

    /// <summary>Writes a result.</summary>
    /// <param name="path">The requested path.</param>
    /// <param name="write">
    /// Writes it to a path, whole or not at all; throws an <see cref="ActorTrainException"/> if it cannot.
    /// </param>
    /// <returns>Where it is; null if it is lost.</returns>
    public async Task<string?> WriteAsync(string path, Func<string, Task> write)
    {
        string denied;
        try
        {
            await write(path);
            return path;
        }
        catch (ActorTrainException failure)
        {
            denied = failure.AsClause();
        }
        AllInPlace = false;
        List<string> tried = [];
        foreach (var folder in otherFolders)
        {
            if (await TryAsync(folder, path, write, tried) is not { } place)
                continue;
            writeError($"{denied}; it is kept as {place} instead");
            return place;
        }
        writeError($"{denied}; it is lost, as it cannot be kept elsewhere either: {string.Join("; ", tried)}");
        return null;
    }

    private static async Task<string?> TryAsync(
        Func<string?> createFolder,
        string path,
        Func<string, Task> write,
        List<string> tried
    )
    {
        string? folder = null;
        try
        {
            folder = createFolder();
            if (folder is null)
                return null;
            var place = Path.Combine(folder, NameFor(path));
            await write(place);
            return place;
        }
        catch (Exception failure) when (failure is ActorTrainException || WholeFile.IsDenial(failure))
        {
            tried.Add(failure.AsClause());
            if (folder is not null)
                RemoveEmpty(folder);
            return null;
        }
    }

    private static void RemoveEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception kept) when (WholeFile.IsDenial(kept))
        {
            // It is not empty, or its disk has failed; the failed write is reported already.
        }
    }

    private static string? StateFolder(string program) =>
        UserFolders.State(program) is { } folder ? CreatePrivate(folder) : null;

    // An unpredictable name: all users share the temporary folder.
    private static string TemporaryFolder(string program) => Directory.CreateTempSubdirectory(program + "-").FullName;

    private static string CreatePrivate(string folder)
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, own);
        return folder;
    }

    // With the time, so that earlier results are not overwritten.
    private static string NameFor(string path)
    {
        var (name, extension) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        var time = TimeProvider.System.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        if (name.Length > MaxNameLength)
            name = name[..MaxNameLength];
        return $"{name}-{time}-{Environment.ProcessId}{(extension.Length > MaxNameLength ? "" : extension)}";
    }
}
