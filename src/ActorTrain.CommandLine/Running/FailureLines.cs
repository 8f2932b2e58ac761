using System.CommandLine;
using System.Reflection;
using ActorTrain.CommandLine.Logging;
using ActorTrain.CommandLine.Options;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>Writes failures in one line each; traces go to the log file, and on request to the error stream.</summary>
internal sealed class FailureLines(Terminal terminal, ParseResult parsed)
{
    private readonly bool _traces = parsed.GetValue(CommonOptions.Debug) || parsed.GetValue(LogOptions.Verbose);

    /// <summary>A failure with a sentence of its own.</summary>
    public void Write(string sentence, Exception failure)
    {
        terminal.WriteError(sentence);
        Trace(sentence, failure);
    }

    /// <summary>An unexpected failure.</summary>
    public void WriteUnexpected(Exception failure)
    {
        var inner = Innermost(failure);
        var sentence = $"{parsed.CommandResult.Command.Name} failed: {inner.AsClause()}";
        terminal.WriteError(sentence + " (--debug shows the trace)");
        Trace(sentence, failure);
    }

    /// <summary>A wrong input; it is not logged.</summary>
    public void WriteWrongInput(ActorTrainException wrong)
    {
        terminal.WriteError(wrong.Message);
        if (_traces)
            terminal.Error.WriteLine(LogLine.Indented(wrong));
    }

    private void Trace(string sentence, Exception failure)
    {
        if (_traces)
            terminal.Error.WriteLine(LogLine.Indented(failure));
        if (parsed.GetValue(LogOptions.File) is not { } path)
            return;
        using var log = LogFile.Open(path);
        var now = TimeProvider.System.GetLocalNow();
        var line = LogLine.Format(now, $"ERROR {terminal.Program} {sentence.AsClause()}");
        if (log.Append($"{line}{Environment.NewLine}{LogLine.Indented(failure)}", now) is { } complaint)
            terminal.WriteError(complaint);
    }

    private static Exception Innermost(Exception failure) =>
        failure is AggregateException or TargetInvocationException or TypeInitializationException
        && failure.InnerException is { } inner
            ? Innermost(inner)
            : failure;
}
