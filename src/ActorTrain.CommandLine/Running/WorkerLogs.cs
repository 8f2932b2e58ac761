namespace ActorTrain.CommandLine.Running;

/// <summary>Where the worker processes of <c>local</c> log.</summary>
/// <param name="File">The log file of <c>local</c>; null: none.</param>
/// <param name="Verbose">Whether <c>local</c> shows the log.</param>
internal sealed record WorkerLogs(string? File, bool Verbose)
{
    /// <summary>A file for each process, beside that of <c>local</c>: run.log has run.worker-1.log.</summary>
    public static string FileFor(string file, int worker)
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
            yield return FileFor(File, worker);
        }
        if (Verbose)
            yield return "--verbose";
    }
}
