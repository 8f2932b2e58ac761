using System.Text;
using ActorTrain.Files;
using ActorTrain.Sentences;
using Microsoft.Win32.SafeHandles;

namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// A file that log lines are appended to. All nodes of a process share one, since two writers would overwrite each
/// other. A full disk stops no node: it is reported once, and the file says later how many entries it lacks.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private static readonly Lock Gate = new();

    // Never removed: a file that is opened again does not report the same failure again.
    private static readonly Dictionary<string, LogFile> Files = [];
    private static readonly UTF8Encoding WithoutMark = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string _path;
    private SafeFileHandle? _file;
    private int _users;
    private long _lost;
    private string? _lastFailure;

    private LogFile(string path) => _path = path;

    /// <summary>The file at a path, opened at the first write and closed when its last user disposes of it.</summary>
    public static LogFile Open(string path)
    {
        lock (Gate)
        {
            var full = Path.GetFullPath(path);
            if (!Files.TryGetValue(full, out var file))
                Files.Add(full, file = new LogFile(full));
            file._users++;
            return file;
        }
    }

    /// <summary>Appends a line.</summary>
    /// <param name="line">The line, or several that belong together.</param>
    /// <param name="now">The time, for the line about missing entries.</param>
    /// <returns>A sentence to report if the file cannot be written, and could be before; else null.</returns>
    public string? Append(string line, DateTimeOffset now)
    {
        lock (Gate)
        {
            try
            {
                Write(_lost == 0 ? line : $"{LogLine.Format(now, MissingEntries(_lost))}{Environment.NewLine}{line}");
                (_lost, _lastFailure) = (0, null);
                return null;
            }
            catch (Exception denied) when (WholeFile.IsDenial(denied))
            {
                _lost++;
                var reason = WholeFile.ReasonOf(denied);
                if (reason == _lastFailure)
                    return null;
                _lastFailure = reason;
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

    private static string MissingEntries(long entries) =>
        $"WARNING {Plural.Format(entries, "entry", "entries")} before this line could not be written";

    // At the present end: another process may have written, or the file may have been emptied.
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
            // A full disk may have taken the first half of the line.
            RandomAccess.SetLength(_file, end);
            throw;
        }
    }
}
