using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.CommandLine.Verbs;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine;

/// <summary>
/// A command line: finds the verb, runs it, and reports a failure as one line and an exit code.
/// </summary>
internal static class Invocation
{
    /// <summary>Runs a program's command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="program">What it trains.</param>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="verbs">Verbs of this program alone.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        NodeProgram program,
        Terminal terminal,
        params IReadOnlyList<Func<Terminal, NodeProgram, Command>> verbs
    )
    {
        var root = VerbCatalog.CreateRoot(terminal, program, verbs);
        var parsed = root.Parse(
            args,
            new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null }
        );
        var failures = new FailureLines(terminal, parsed);
        using var lastResort = terminal.IsProcessConsole ? new UnhandledErrors(failures) : null;
        var exitCode = await RunAsync(parsed, program, terminal, failures);
        if (terminal.Output is not LossyWriter { Failure: { } lost })
            return exitCode;
        terminal.WriteError($"the standard output could not be written: {lost}");
        return exitCode == ExitCodes.Finished ? ExitCodes.Failed : exitCode;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        NodeProgram program,
        Terminal terminal,
        FailureLines failures
    )
    {
        try
        {
            if (ParseSentence.From(parsed, program.Name) is { } sentence)
                throw new ActorTrainException(sentence);
            // We handle signals and errors: the library would end the process after two seconds and print a trace.
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                    Output = terminal.Output,
                    Error = terminal.Error,
                }
            );
        }
        catch (JobFailedException failure)
        {
            failures.Write(failure.Message, failure);
            return ExitCodes.Failed;
        }
        catch (JobCanceledException canceled)
        {
            terminal.WriteError(canceled.Message);
            return ExitCodes.Canceled;
        }
        catch (ActorTrainException wrong)
        {
            failures.WriteWrongInput(wrong);
            return ExitCodes.WrongInput;
        }
        catch (OperationCanceledException)
        {
            terminal.WriteError("canceled before there was a result");
            return ExitCodes.Canceled;
        }
        // The last resort: an unexpected failure is one line too; options show the trace.
        catch (Exception unexpected)
        {
            failures.WriteUnexpected(unexpected);
            return ExitCodes.Failed;
        }
    }
}
