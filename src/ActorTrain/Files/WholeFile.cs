using System.Text;
using ActorTrain.Sentences;

namespace ActorTrain.Files;

/// <summary>Writes a file under a temporary name first, so that readers never see a part of it.</summary>
internal static class WholeFile
{
    private static readonly UTF8Encoding WithoutMark = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The temporary name: in the same folder, since a file cannot be renamed to another disk.</summary>
    public static string PartialOf(string path) => $"{path}.{Guid.NewGuid():N}.tmp";

    /// <summary>
    /// Whether the path is a device, a pipe of a shell, or similar: it is written directly, since a rename would
    /// replace it by a file.
    /// </summary>
    public static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows()
        && Path.GetFullPath(path) is var full
        && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal))
        && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>Writes a text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its content.</param>
    /// <param name="what">The kind of file, for the error, such as <c>the report</c>.</param>
    /// <param name="cancellation">Cancels the write; an earlier file stays.</param>
    /// <exception cref="ActorTrainException">The file cannot be written.</exception>
    public static async Task WriteAsync(string path, string text, string what, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync(path, stream => stream.WriteAsync(WithoutMark.GetBytes(text), cancellation))
                .ConfigureAwait(false);
        }
        catch (Exception denied) when (IsDenial(denied))
        {
            throw new ActorTrainException(
                $"{Sentence.From(what).AsClause()} cannot be written to {path}: " + $"{ReasonOf(denied)}.",
                denied
            );
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var writing = WriteAsync(
            path,
            stream =>
            {
                write(stream);
                return ValueTask.CompletedTask;
            }
        );
        writing.GetAwaiter().GetResult();
    }

    /// <summary>Whether an exception says that a file cannot be written.</summary>
    public static bool IsDenial(Exception failure) =>
        // .NET throws the last one where a file would grow beyond the system's limit.
        failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    /// <summary>The reason as a clause, without the file's name at its end, which the sentence has already.</summary>
    public static string ReasonOf(Exception denied)
    {
        var clause = denied.AsClause();
        var name = clause.IndexOf(" : '", StringComparison.Ordinal);
        return name > 0 && clause.EndsWith('\'') ? clause[..name] : clause;
    }

    private static async Task WriteAsync(string path, Func<Stream, ValueTask> write)
    {
        if (IsDevice(path))
        {
            // Append: /dev/stdout may be a file with earlier lines.
            var device = new FileStream(path, FileMode.Append, FileAccess.Write);
            await using (device.ConfigureAwait(false))
                await write(device).ConfigureAwait(false);
            return;
        }
        // A link stays a link: its target is replaced.
        var link = new FileInfo(path);
        var place = link.LinkTarget is null ? path : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var partial = PartialOf(place);
        try
        {
            var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write);
            await using (stream.ConfigureAwait(false))
            {
                await write(stream).ConfigureAwait(false);
                // On the disk before it replaces the earlier file.
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, place, overwrite: true);
        }
        catch
        {
            Discard(partial);
            throw;
        }
    }

    private static void Discard(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (IsDenial(e))
        {
            // The first failure is the one to report; the remaining file has a name that is no result's.
        }
    }
}
