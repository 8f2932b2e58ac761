using System.Globalization;

namespace ActorTrain.Torch.Devices;

/// <summary>
/// By these the workers of a user on a machine know of each other, without a network: a file each, whose name says
/// how many threads it takes, and which it holds locked. The lock ends with the process, however that ends; a file
/// without one is nobody's, and whoever comes next removes it. Whoever cannot have a file is alone.
/// </summary>
/// <param name="folder">Where the files lie.</param>
internal sealed class WorkerClaims(string folder)
{
    private const string Extension = ".worker",
        Unfinished = ".new";

    /// <summary>Those of the machine: in the user's folder for what runs, or else in that for what is
    /// temporary.</summary>
    public static WorkerClaims OfThisMachine { get; } =
        new(
            Path.Combine(
                Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } running
                && Directory.Exists(running)
                    ? running
                    : Path.GetTempPath(),
                $"actortrain-workers-{Environment.UserName}"
            )
        );

    /// <summary>A worker is there from now on.</summary>
    /// <param name="threads">Threads that its user has given it; 0 where it shares what others leave.</param>
    /// <returns>Ends the claim; null where there can be none.</returns>
    public WorkerClaim? Add(int threads)
    {
        // In the order of their names: those that share agree on who is first. The machine's clock is all processes'.
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{threads}.{Environment.TickCount64:x16}-{Guid.NewGuid():n}"
        );
        var (temporary, path) = (Path.Combine(folder, name + Unfinished), Path.Combine(folder, name + Extension));
        try
        {
            Directory.CreateDirectory(folder);
            // Locked against whoever wants it alone; it may be renamed, for which Windows must be asked.
            var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
            // Only what is locked already has a name that others look at.
            File.Move(temporary, path);
            return new WorkerClaim(file, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The workers beside one.</summary>
    /// <param name="own">Its claim; null where it has none.</param>
    public OtherWorkers Beside(WorkerClaim? own)
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
            // It is not locked any more: whoever comes next removes it.
        }
    }
}
