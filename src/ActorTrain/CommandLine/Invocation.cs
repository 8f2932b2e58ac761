using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.CommandLine.Verbs;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine;

/// <summary>
/// A command line: finds the verb, runs it, and turns what goes wrong into one line and an exit code.
/// </summary>
internal static class Invocation
{
    /// <summary>Runs a program's command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, NodeProgram program, Terminal terminal)
    {
        var root = Root(terminal, program);
        var parsed = root.Parse(
            args,
            new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null }
        );
        var failures = new FailureLines(terminal, parsed);
        using var lastResort = terminal.IsOfThisProcess ? new LastResort(failures) : null;
        var exitCode = await RunAsync(parsed, program, terminal, failures);
        if (terminal.Output is not LossyWriter { Failure: { } lost })
            return exitCode;
        terminal.Complain($"the standard output could not be written: {lost}");
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
            if (ParseSentence.Of(parsed, program.Name) is { } sentence)
                throw new ActorTrainException(sentence);
            // Signals and errors are ours to handle: the library would end the process after two seconds and print a
            // trace.
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
        catch (TrainingFailedException failure)
        {
            failures.Tell(failure.Message, failure);
            return ExitCodes.Failed;
        }
        catch (TrainingStoppedException stopped)
        {
            terminal.Complain(stopped.Message);
            return ExitCodes.Stopped;
        }
        catch (ActorTrainException wrong)
        {
            failures.Wrong(wrong);
            return ExitCodes.WrongInput;
        }
        catch (OperationCanceledException)
        {
            terminal.Complain("stopped before there was a result");
            return ExitCodes.Stopped;
        }
        // The last resort of the verb: what nobody expected ends it with one line; the trace is for who asks.
        catch (Exception unexpected)
        {
            failures.Unexpected(unexpected);
            return ExitCodes.Failed;
        }
    }

    private static RootCommand Root(Terminal terminal, NodeProgram program)
    {
        var root = new RootCommand("Trains neural networks on a cluster of actors: parameter shards and workers.")
        {
            DemoVerb.Create(terminal, program),
            SeedVerb.Create(terminal, program),
            WorkerVerb.Create(terminal, program),
            TrainVerb.Create(terminal, program),
            LocalVerb.Create(terminal, program),
            StatusVerb.Create(terminal),
            SetVerb.Create(terminal),
            PauseVerb.CreatePause(terminal),
            PauseVerb.CreateResume(terminal),
            PauseVerb.CreateStop(terminal),
        };
        foreach (var create in program.MoreVerbs)
            root.Add(create(terminal, program));
        root.Add(CommonOptions.Debug);
        ExampleHelp.AddTo(root, $"{program.Name} demo");
        return root;
    }
}
