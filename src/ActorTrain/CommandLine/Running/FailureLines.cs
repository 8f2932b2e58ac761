using System.CommandLine;
using System.Reflection;
using ActorTrain.CommandLine.Logging;
using ActorTrain.CommandLine.Options;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>Tells failures in one line each; the trace is for who asks, and for the log file.</summary>
internal sealed class FailureLines(Terminal terminal, ParseResult parsed)
{
    private readonly bool _traces = parsed.GetValue(CommonOptions.Debug) || parsed.GetValue(LogOptions.Verbose);

    /// <summary>A failure with a sentence of its own.</summary>
    public void Tell(string sentence, Exception failure)
    {
        terminal.Complain(sentence);
        Trace(sentence, failure);
    }

    /// <summary>A failure that nobody expected.</summary>
    public void Unexpected(Exception failure)
    {
        var inner = Innermost(failure);
        var sentence = $"{parsed.CommandResult.Command.Name} failed: {inner.AsClause()}";
        terminal.Complain(sentence + " (--debug shows the trace)");
        Trace(sentence, failure);
    }

    /// <summary>A wrong input: there is nothing that a log would have to keep.</summary>
    public void Wrong(ActorTrainException wrong)
    {
        terminal.Complain(wrong.Message);
        if (_traces)
            terminal.Error.WriteLine(LogLine.Indented(wrong));
    }

    private void Trace(string sentence, Exception failure)
    {
        if (_traces)
            terminal.Error.WriteLine(LogLine.Indented(failure));
        if (parsed.GetValue(LogOptions.File) is not { } path)
            return;
        using var log = LogFile.At(path);
        var now = TimeProvider.System.GetLocalNow();
        var line = LogLine.Of(now, $"ERROR {terminal.Program} {sentence.AsClause()}");
        if (log.Append($"{line}{Environment.NewLine}{LogLine.Indented(failure)}", now) is { } complaint)
            terminal.Complain(complaint);
    }

    private static Exception Innermost(Exception failure) =>
        failure is AggregateException or TargetInvocationException or TypeInitializationException
        && failure.InnerException is { } inner
            ? Innermost(inner)
            : failure;
}
