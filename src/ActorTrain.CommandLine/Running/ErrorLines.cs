using System.Reflection;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// Finds in a process's error stream why it ended: the last line of a program that ended in order, or the type and
/// message of the exception that ended it.
/// </summary>
/// <param name="program">
/// The program's name, removed from the beginning of its errors: the parent adds it again.
/// </param>
internal sealed class ErrorLines(string program)
{
    private const string Unhandled = "Unhandled exception. ",
        Inner = "---> ";

    // These say where something failed; the inner exception says what failed.
    private static readonly string[] Wrappers =
    [
        nameof(AggregateException),
        nameof(TypeInitializationException),
        nameof(TargetInvocationException),
    ];

    private string? _last,
        _type,
        _message;
    private bool _inMessage;

    /// <summary>The reason in one line; null if there is none.</summary>
    public string? Error =>
        _type is null ? _last
        : _message is null ? _type
        : $"{_type}: {_message.AsClause()}";

    /// <summary>Reads the next line.</summary>
    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        if (line.StartsWith(Unhandled, StringComparison.Ordinal))
            Begin(line[Unhandled.Length..]);
        else if (_type is null)
            _last = WithoutName(line);
        else if (line.TrimStart().StartsWith(Inner, StringComparison.Ordinal))
        {
            _inMessage = false;
            if (Wrappers.Contains(_type))
                Begin(line.TrimStart()[Inner.Length..]);
        }
        else if (_inMessage && line.TrimStart().StartsWith("at ", StringComparison.Ordinal))
            _inMessage = false;
        else if (_inMessage)
            _message += " " + line.Trim();
    }

    private string WithoutName(string line) =>
        line.StartsWith(program + ": ", StringComparison.Ordinal) ? line[(program.Length + 2)..] : line;

    // An exception as .NET prints it: full type name and message, which may have several lines.
    private void Begin(string exception)
    {
        var (type, message) = exception.Split(": ", 2) is [var before, var after]
            ? (before, after)
            : (exception.TrimEnd(':', ' '), null);
        (_type, _message, _inMessage) = (type[(type.LastIndexOf('.') + 1)..], message, message is not null);
    }
}
