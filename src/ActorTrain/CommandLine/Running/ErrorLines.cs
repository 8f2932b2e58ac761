using System.Reflection;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// What a process says of its end on its error stream: the last line of a program that ends in order; of one that an
/// exception ended, the exception's type and message, whatever is printed below it.
/// </summary>
/// <param name="program">
/// The program's name. Its errors begin with it, and whoever repeats one puts the same name before it.
/// </param>
internal sealed class ErrorLines(string program)
{
    private const string Unhandled = "Unhandled exception. ",
        Inner = "---> ";

    // Those say where something failed; what failed stands in the exception within.
    private static readonly string[] Wrappers =
    [
        nameof(AggregateException),
        nameof(TypeInitializationException),
        nameof(TargetInvocationException),
    ];

    private string? _last,
        _type,
        _said;
    private bool _inMessage;

    /// <summary>What the process has said of its end in one line; null while it has said nothing.</summary>
    public string? Error =>
        _type is null ? _last
        : _said is null ? _type
        : $"{_type}: {_said.AsClause()}";

    /// <summary>Takes the next line.</summary>
    public void Take(string line)
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
            _said += " " + line.Trim();
    }

    private string WithoutName(string line) =>
        line.StartsWith(program + ": ", StringComparison.Ordinal) ? line[(program.Length + 2)..] : line;

    // An exception as .NET prints it: its type with its namespace, and its message, which may have more lines.
    private void Begin(string exception)
    {
        var (type, said) = exception.Split(": ", 2) is [var before, var after]
            ? (before, after)
            : (exception.TrimEnd(':', ' '), null);
        (_type, _said, _inMessage) = (type[(type.LastIndexOf('.') + 1)..], said, said is not null);
    }
}
