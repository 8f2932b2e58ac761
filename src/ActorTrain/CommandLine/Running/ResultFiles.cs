using System.Globalization;
using ActorTrain.Saving;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// Writes what a run leaves behind. What cannot be written where it was asked for, as on a disk that is full by then,
/// is written to the user's state folder or else to the temporary folder, and that place is told: hours of training
/// are not to be lost with a file.
/// </summary>
/// <param name="complain">Is told what is not where it was asked for, and where it is.</param>
/// <param name="elsewhere">
/// The other folders, the best one first: each is made when it is needed; null: there is none.
/// </param>
internal sealed class ResultFiles(Action<string> complain, params IReadOnlyList<Func<string?>> elsewhere)
{
    private const int LongestName = 100;

    /// <summary>Those of a command.</summary>
    public static ResultFiles Of(Terminal terminal) =>
        new(terminal.Complain, () => StateFolder(terminal.Program), () => TemporaryFolder(terminal.Program));

    /// <summary>Whether everything is where it was asked for.</summary>
    public bool AllInPlace { get; private set; } = true;

    /// <summary>Writes a result.</summary>
    /// <param name="path">Where it was asked for.</param>
    /// <param name="write">
    /// Writes it to a path, whole or not at all; throws an <see cref="ActorTrainException"/> that says why it cannot.
    /// </param>
    /// <returns>Where it is; null: nowhere.</returns>
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
        foreach (var folder in elsewhere)
        {
            if (await TryAsync(folder, path, write, tried) is not { } place)
                continue;
            complain($"{denied}; it is kept as {place} instead");
            return place;
        }
        complain($"{denied}; it is lost, as it cannot be kept elsewhere either: {string.Join("; ", tried)}");
        return null;
    }

    private static async Task<string?> TryAsync(
        Func<string?> makeFolder,
        string path,
        Func<string, Task> write,
        List<string> tried
    )
    {
        string? folder = null;
        try
        {
            folder = makeFolder();
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
            // It holds something, or goes with whatever ails its disk; the failure to write is told already.
        }
    }

    private static string? StateFolder(string program) =>
        UserFolders.State(program) is { } folder ? Made(folder) : null;

    // A name that nobody knows before: the temporary folder is everybody's.
    private static string TemporaryFolder(string program) => Directory.CreateTempSubdirectory(program + "-").FullName;

    private static string Made(string folder)
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, own);
        return folder;
    }

    // With its time: what an earlier run has left there stays.
    private static string NameFor(string path)
    {
        var (name, extension) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        var time = TimeProvider.System.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        if (name.Length > LongestName)
            name = name[..LongestName];
        return $"{name}-{time}-{Environment.ProcessId}{(extension.Length > LongestName ? "" : extension)}";
    }
}
