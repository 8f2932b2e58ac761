namespace ActorTrain.CommandLine.Running;

/// <summary>Where the worker processes of <c>local</c> log, by where <c>local</c> itself does.</summary>
/// <param name="File">Its log file; null: none.</param>
/// <param name="Verbose">Whether it shows the log.</param>
internal sealed record WorkerLogs(string? File, bool Verbose)
{
    /// <summary>A file for each process, beside that of <c>local</c>: run.log has run.worker-1.log.</summary>
    public static string FileOf(string file, int worker)
    {
        var extension = Path.GetExtension(file) is { Length: > 1 } given ? given : ".log";
        return Path.ChangeExtension(file, $"worker-{worker}{extension}");
    }

    /// <summary>A worker's options.</summary>
    /// <param name="worker">From 1.</param>
    public IEnumerable<string> Options(int worker)
    {
        if (File is not null)
        {
            yield return "--log";
            yield return FileOf(File, worker);
        }
        if (Verbose)
            yield return "--verbose";
    }
}
