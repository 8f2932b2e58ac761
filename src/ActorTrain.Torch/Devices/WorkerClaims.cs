using System.Globalization;

namespace ActorTrain.Torch.Devices;

/// <summary>
/// How the workers of a user on one machine know of each other, without a network: each has a file whose name says how
/// many threads it takes, and keeps it locked. The lock ends with the process, even if that is killed; the next worker
/// removes a file without a lock. A worker that cannot create a file counts as alone.
/// </summary>
/// <param name="folder">Where the files lie.</param>
internal sealed class WorkerClaims(string folder)
{
    private const string Extension = ".worker",
        Unfinished = ".new";

    /// <summary>The claims of this machine: in the user's runtime folder, or else in the folder for temporary
    /// files.</summary>
    public static WorkerClaims ThisMachine { get; } =
        new(
            Path.Combine(
                Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } running
                && Directory.Exists(running)
                    ? running
                    : Path.GetTempPath(),
                $"actortrain-workers-{Environment.UserName}"
            )
        );

    /// <summary>Claims threads for a worker.</summary>
    /// <param name="threads">Threads that its user has given it; 0 where it shares what others leave.</param>
    /// <returns>The claim; null where its file cannot be created.</returns>
    public WorkerClaim? Add(int threads)
    {
        // Names sort by start time, so that the workers that share agree on their order: the clock is the machine's.
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{threads}.{Environment.TickCount64:x16}-{Guid.NewGuid():n}"
        );
        var (temporary, path) = (Path.Combine(folder, name + Unfinished), Path.Combine(folder, name + Extension));
        try
        {
            Directory.CreateDirectory(folder);
            // Locked against exclusive use; Windows allows the renaming below only with FileShare.Delete.
            var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
            // The file gets the name that other workers look for only when it is locked already.
            File.Move(temporary, path);
            return new WorkerClaim(file, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Finds the other workers.</summary>
    /// <param name="own">This worker's claim; null where it has none.</param>
    public OtherWorkers FindOthers(WorkerClaim? own)
    {
        var (taken, sharing, before) = (0, 0, 0);
        foreach (var path in Paths().Where(path => path != own?.Path && IsHeld(path)))
        {
            var parts = Path.GetFileName(path).Split('.');
            if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var threads))
                continue;
            taken += threads;
            if (threads > 0)
                continue;
            sharing++;
            if (own is null || string.CompareOrdinal(Path.GetFileName(path), Path.GetFileName(own.Path)) < 0)
                before++;
        }
        return new OtherWorkers(taken, sharing, before);
    }

    private string[] Paths()
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Extension) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsHeld(string path)
    {
        try
        {
            using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                File.Delete(path);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}

/// <summary>A worker's claim; it ends when it is disposed of, or with the process.</summary>
internal sealed class WorkerClaim(FileStream file, string path) : IDisposable
{
    /// <summary>Its file.</summary>
    public string Path => path;

    public void Dispose()
    {
        file.Dispose();
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is no longer locked: the next worker removes it.
        }
    }
}
