using System.Text;
using ActorTrain.Sentences;

namespace ActorTrain.Saving;

/// <summary>A file that is written under a temporary name first, so that a reader sees all of it or nothing.</summary>
internal static class WholeFile
{
    private static readonly UTF8Encoding WithoutMark = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The temporary name: beside the file, since a rename does not leave its disk.</summary>
    public static string PartialOf(string path) => $"{path}.{Guid.NewGuid():N}.tmp";

    /// <summary>
    /// Whether the path names a device, a pipe of a shell, or the like: it is written as it stands, since a rename
    /// would put a file in its place.
    /// </summary>
    public static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows()
        && Path.GetFullPath(path) is var full
        && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal))
        && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>Writes a text.</summary>
    /// <param name="path">Where.</param>
    /// <param name="text">All that it holds.</param>
    /// <param name="what">What it is, for the error, such as <c>the report</c>.</param>
    /// <param name="cancellation">Ends it; what was there before stays.</param>
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
                $"{Sentence.Of(what).AsClause()} cannot be written to {path}: " + $"{ReasonOf(denied)}.",
                denied
            );
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="path">Where.</param>
    /// <param name="write">Writes them.</param>
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
        // The last is what .NET makes of a file that grows beyond what the system allows.
        failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    /// <summary>Why, as a clause: without the file's name at its end, which the sentence has already.</summary>
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
            // Behind what is there: /dev/stdout may be a file that has lines already.
            var device = new FileStream(path, FileMode.Append, FileAccess.Write);
            await using (device.ConfigureAwait(false))
                await write(device).ConfigureAwait(false);
            return;
        }
        // A link goes on to be one: what it points to is replaced.
        var link = new FileInfo(path);
        var place = link.LinkTarget is null ? path : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var partial = PartialOf(place);
        try
        {
            var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write);
            await using (stream.ConfigureAwait(false))
            {
                await write(stream).ConfigureAwait(false);
                // On the disk before it takes the earlier file's place.
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
            // The first failure is the one to tell; what is left has a name that nobody mistakes for a result.
        }
    }
}
