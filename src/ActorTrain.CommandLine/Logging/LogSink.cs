using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>Writes log entries: some to the error stream, and all to the log file if there is one.</summary>
/// <param name="settings">What goes where.</param>
/// <param name="console">The error stream.</param>
internal sealed class LogSink(LogSettings settings, TextWriter console) : IDisposable
{
    private readonly LogFile? _file = settings.File is { } path ? LogFile.Open(path) : null;

    /// <summary>Writes an entry.</summary>
    public void Write(LogEvent entry)
    {
        var time = LogLine.LocalTime(entry, TimeZoneInfo.Local);
        if (_file?.Append(LogLine.Full(entry, time), time) is { } complaint)
            console.WriteLine(LogLine.Format(time, $"{settings.Program}: error: {complaint}"));
        if (settings.Verbose)
            console.WriteLine(LogLine.Full(entry, time));
        else if (ConsoleFilter.Shows(entry, settings.WithClient))
            console.WriteLine(LogLine.Short(entry, settings.Program, time, hasTrace: _file is not null));
    }

    public void Dispose() => _file?.Dispose();
}
