using ActorTrain.Telemetry;
using Akka.Event;

namespace ActorTrain.Tests.Telemetry;

/// <summary>Keeps what is logged. Its formatter knows no named placeholders, as a host's may not.</summary>
internal sealed class RecordingLog : ILoggingAdapter
{
    /// <summary>An entry of the log.</summary>
    public sealed record Entry(LogLevel Level, Exception? Cause, LoggedMessage Message);

    public List<Entry> Entries { get; } = [];

    public ILogMessageFormatter Formatter => DefaultLogMessageFormatter.Instance;
    public bool IsDebugEnabled => true;
    public bool IsInfoEnabled => true;
    public bool IsWarningEnabled => true;
    public bool IsErrorEnabled => true;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log(LogLevel logLevel, Exception cause, string format) =>
        throw new NotSupportedException($"'{format}' is no message of {nameof(LogMessages)}.");

    public void Log(LogLevel logLevel, Exception cause, LogMessage message) =>
        Entries.Add(new Entry(logLevel, cause, (LoggedMessage)message));
}
