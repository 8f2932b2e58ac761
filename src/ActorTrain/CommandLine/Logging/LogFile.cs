using System.Text;
using ActorTrain.Saving;
using ActorTrain.Sentences;
using Microsoft.Win32.SafeHandles;

namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// A file that log lines are appended to. All nodes of a process share one: two that append by themselves write over
/// each other. A full disk stops nobody: it is told once, and the file says later how many lines it lacks.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private static readonly Lock Gate = new();

    // For good: who opens one again is not told again what was told already.
    private static readonly Dictionary<string, LogFile> Known = [];
    private static readonly UTF8Encoding WithoutMark = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string _path;
    private SafeFileHandle? _file;
    private int _users;
    private long _lost;
    private string? _told;

    private LogFile(string path) => _path = path;

    /// <summary>The file of a path, opened by the first who writes and closed when the last user has gone.</summary>
    public static LogFile At(string path)
    {
        lock (Gate)
        {
            var full = Path.GetFullPath(path);
            if (!Known.TryGetValue(full, out var file))
                Known.Add(full, file = new LogFile(full));
            file._users++;
            return file;
        }
    }

    /// <summary>Appends a line.</summary>
    /// <param name="line">The line, or several that belong together.</param>
    /// <param name="now">The time, for a word about lines that are missing.</param>
    /// <returns>What is to be told about it: a sentence when the file cannot be written, and could be before.</returns>
    public string? Append(string line, DateTimeOffset now)
    {
        lock (Gate)
        {
            try
            {
                Write(_lost == 0 ? line : $"{LogLine.Of(now, Lacks(_lost))}{Environment.NewLine}{line}");
                (_lost, _told) = (0, null);
                return null;
            }
            catch (Exception denied) when (WholeFile.IsDenial(denied))
            {
                _lost++;
                var reason = WholeFile.ReasonOf(denied);
                if (reason == _told)
                    return null;
                _told = reason;
                return $"the log cannot be written to {_path}: {reason}; lines are lost until it can";
            }
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--_users > 0)
                return;
            _file?.Dispose();
            _file = null;
        }
    }

    private static string Lacks(long entries) =>
        $"WARNING {Plural.Of(entries, "entry", "entries")} before this line could not be written";

    // At the end as it is now: another process may have written, or somebody emptied the file.
    private void Write(string line)
    {
        _file ??= File.OpenHandle(
            _path,
            FileMode.OpenOrCreate,
            FileAccess.Write,
            FileShare.ReadWrite | FileShare.Delete
        );
        var end = WholeFile.IsDevice(_path) ? 0 : RandomAccess.GetLength(_file);
        try
        {
            RandomAccess.Write(_file, WithoutMark.GetBytes(line + Environment.NewLine), end);
        }
        catch when (end > 0)
        {
            // A full disk takes the first half of a line.
            RandomAccess.SetLength(_file, end);
            throw;
        }
    }
}
