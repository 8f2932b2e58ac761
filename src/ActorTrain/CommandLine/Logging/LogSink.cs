using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>Where log entries go: some to the error stream, and all to a file where there is one.</summary>
/// <param name="settings">What goes where.</param>
/// <param name="console">The error stream.</param>
internal sealed class LogSink(LogSettings settings, TextWriter console) : IDisposable
{
    private readonly LogFile? _file = settings.File is { } path ? LogFile.At(path) : null;

    /// <summary>Writes an entry.</summary>
    public void Write(LogEvent entry)
    {
        var time = LogLine.TimeOf(entry, TimeZoneInfo.Local);
        if (_file?.Append(LogLine.Full(entry, time), time) is { } complaint)
            console.WriteLine(LogLine.Of(time, $"{settings.Program}: error: {complaint}"));
        if (settings.Verbose)
            console.WriteLine(LogLine.Full(entry, time));
        else if (ConsoleNews.Has(entry, settings.WithClient))
            console.WriteLine(LogLine.Short(entry, settings.Program, time, hasTrace: _file is not null));
    }

    public void Dispose() => _file?.Dispose();
}
