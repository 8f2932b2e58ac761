using System.Globalization;
using ActorTrain.Sentences;
using Akka.Event;

namespace ActorTrain.CommandLine.Logging;

/// <summary>
/// How a log entry is written. Each begins with its date, time and zone (ISO 8601), so that the logs of machines in
/// different zones can be laid side by side.
/// </summary>
internal static class LogLine
{
    private const string Time = "yyyy-MM-ddTHH:mm:ss.fffzzz";
    private static readonly int TimeLength = Text(default).Length;

    /// <summary>When an entry was made, in a zone.</summary>
    public static DateTimeOffset TimeOf(LogEvent entry, TimeZoneInfo zone) =>
        // Akka's times are UTC, and do not all say so.
        TimeZoneInfo.ConvertTime(new DateTimeOffset(entry.Timestamp.Ticks, TimeSpan.Zero), zone);

    /// <summary>The entry in one line for whoever runs the program; for a crash, where its trace is.</summary>
    public static string Short(LogEvent entry, string program, DateTimeOffset time, bool hasTrace)
    {
        var said = Message(entry);
        var trace = entry.Cause is null || hasTrace ? "" : " (--log FILE or --verbose has the trace)";
        return $"{Text(time)} {program}: {Level(entry)}: {said}{trace}";
    }

    /// <summary>The entry with its level, its source, and its trace in lines of their own.</summary>
    public static string Full(LogEvent entry, DateTimeOffset time)
    {
        var level = Level(entry).ToUpperInvariant();
        var line = $"{Text(time)} {level} {entry.LogSource} {Message(entry)}";
        return entry.Cause is { } cause ? $"{line}{Environment.NewLine}{Indented(cause)}" : line;
    }

    /// <summary>A line that no actor has written: one of the process itself.</summary>
    public static string Of(DateTimeOffset time, string said) => $"{Text(time)} {said}";

    /// <summary>Whether a line that a process wrote is the first of an entry.</summary>
    public static bool Begins(string line) =>
        line.Length > TimeLength
        && line[TimeLength] == ' '
        && DateTimeOffset.TryParseExact(
            line.AsSpan(0, TimeLength),
            Time,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );

    /// <summary>Whether a line that follows an entry belongs to it: its trace does.</summary>
    public static bool GoesOn(string line) => line.StartsWith("  ", StringComparison.Ordinal);

    /// <summary>The first line of an entry with who wrote it, behind its time.</summary>
    public static string By(string writer, string line) => $"{line[..TimeLength]} {writer}:{line[TimeLength..]}";

    /// <summary>A trace in lines that are set in, so that each log line is known by its beginning.</summary>
    public static string Indented(Exception failure)
    {
        var lines = $"{failure}".Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return string.Join(Environment.NewLine, lines.Select(line => "  " + line));
    }

    private static string Message(LogEvent entry)
    {
        var said = $"{entry.Message}".AsClause();
        if (entry.Cause is not { } cause)
            return said;
        // Akka's word for a crash is the exception's message, and nothing else.
        return said.Length == 0 || said == cause.AsClause()
            ? $"{entry.LogSource} failed: {cause.AsNamedClause()}"
            : $"{said}: {cause.AsNamedClause()}";
    }

    private static string Text(DateTimeOffset time) => time.ToString(Time, CultureInfo.InvariantCulture);

    private static string Level(LogEvent entry) =>
        entry.LogLevel() switch
        {
            LogLevel.ErrorLevel => "error",
            LogLevel.WarningLevel => "warning",
            LogLevel.InfoLevel => "info",
            _ => "debug",
        };
}
