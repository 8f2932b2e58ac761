using System.Globalization;
using ActorTrain.Sentences;
using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// The text of log entries. Each begins with its date, time and zone (ISO 8601), so that the logs of machines in
/// different zones can be compared.
/// </summary>
internal static class LogLine
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffzzz";
    private static readonly int TimeLength = Text(default).Length;

    /// <summary>An entry's time in a zone.</summary>
    public static DateTimeOffset LocalTime(LogEvent entry, TimeZoneInfo zone) =>
        // Akka's times are UTC, but not all are marked so.
        TimeZoneInfo.ConvertTime(new DateTimeOffset(entry.Timestamp.Ticks, TimeSpan.Zero), zone);

    /// <summary>The entry in one line for the console; for a crash, with how to get its trace.</summary>
    public static string Short(LogEvent entry, string program, DateTimeOffset time, bool hasTrace)
    {
        var message = Message(entry);
        var trace = entry.Cause is null || hasTrace ? "" : " (--log FILE or --verbose has the trace)";
        return $"{Text(time)} {program}: {Level(entry)}: {message}{trace}";
    }

    /// <summary>The entry with its level, its source, and its trace in lines of their own.</summary>
    public static string Full(LogEvent entry, DateTimeOffset time)
    {
        var level = Level(entry).ToUpperInvariant();
        var line = $"{Text(time)} {level} {entry.LogSource} {Message(entry)}";
        return entry.Cause is { } cause ? $"{line}{Environment.NewLine}{Indented(cause)}" : line;
    }

    /// <summary>A line of the process itself, not of an actor.</summary>
    public static string Format(DateTimeOffset time, string message) => $"{Text(time)} {message}";

    /// <summary>Whether a process's line of output is the first of an entry.</summary>
    public static bool Begins(string line) =>
        line.Length > TimeLength
        && line[TimeLength] == ' '
        && DateTimeOffset.TryParseExact(
            line.AsSpan(0, TimeLength),
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );

    /// <summary>Whether a line belongs to the entry before it, as its trace does.</summary>
    public static bool Continues(string line) => line.StartsWith("  ", StringComparison.Ordinal);

    /// <summary>The first line of an entry, with its writer after the time.</summary>
    public static string AddWriter(string writer, string line) => $"{line[..TimeLength]} {writer}:{line[TimeLength..]}";

    /// <summary>An exception with its trace, indented, so that no line looks like the first of an entry.</summary>
    public static string Indented(Exception failure)
    {
        var lines = $"{failure}".Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return string.Join(Environment.NewLine, lines.Select(line => "  " + line));
    }

    private static string Message(LogEvent entry)
    {
        var message = $"{entry.Message}".AsClause();
        if (entry.Cause is not { } cause)
            return message;
        // For a crash, Akka's entry repeats the exception's message.
        return message.Length == 0 || message == cause.AsClause()
            ? $"{entry.LogSource} failed: {cause.AsNamedClause()}"
            : $"{message}: {cause.AsNamedClause()}";
    }

    private static string Text(DateTimeOffset time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Level(LogEvent entry) =>
        entry.LogLevel() switch
        {
            LogLevel.ErrorLevel => "error",
            LogLevel.WarningLevel => "warning",
            LogLevel.InfoLevel => "info",
            _ => "debug",
        };
}
