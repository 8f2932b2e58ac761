using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Verbs;
using ActorTrain.Hosting;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine;

/// <summary>A command line: finds the verb, runs it, and turns what goes wrong into one line and an exit code.</summary>
internal static class Invocation
{
    /// <summary>Everything went well, or was stopped by request.</summary>
    public const int Success = 0;

    /// <summary>Something broke that the user did not cause.</summary>
    public const int Broken = 1;

    /// <summary>Something that the user gave cannot be used.</summary>
    public const int WrongInput = 2;

    /// <summary>Ctrl-C before there was anything to bring to an end.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs a program's command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, NodeProgram program, Terminal terminal)
    {
        var root = Root(terminal, program);
        var parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        var debug = parsed.GetValue(CommonOptions.Debug);
        try
        {
            if (ParseSentence.Of(parsed, program.Name) is { } sentence) throw new ActorTrainException(sentence);
            // Signals and errors are ours to handle: the library would end the process after two seconds and print a trace.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = terminal.Output,
                Error = terminal.Error,
            });
        }
        catch (TrainingFailedException failure)
        {
            terminal.Complain(failure.Message);
            if (debug) terminal.Error.WriteLine(failure);
            return Broken;
        }
        catch (ActorTrainException wrong)
        {
            terminal.Complain(wrong.Message);
            if (debug) terminal.Error.WriteLine(wrong);
            return WrongInput;
        }
        catch (OperationCanceledException)
        {
            terminal.Complain("stopped before there was a result");
            return Interrupted;
        }
        // The last resort of the process: what nobody expected ends it with one line; the trace is for who asks.
        catch (Exception unexpected)
        {
            terminal.Complain($"{parsed.CommandResult.Command.Name} failed: {Innermost(unexpected).AsClause()} "
                + "(--debug shows the trace)");
            if (debug) terminal.Error.WriteLine(unexpected);
            return Broken;
        }
    }

    private static RootCommand Root(Terminal terminal, NodeProgram program)
    {
        var root = new RootCommand("Trains neural networks on a cluster of actors: parameter shards and workers.")
        {
            DemoVerb.Create(terminal, program), SeedVerb.Create(terminal, program), WorkerVerb.Create(terminal, program),
            TrainVerb.Create(terminal, program), LocalVerb.Create(terminal, program), StatusVerb.Create(terminal), SetVerb.Create(terminal),
            PauseVerb.CreatePause(terminal), PauseVerb.CreateResume(terminal),
            PauseVerb.CreateStop(terminal),
        };
        foreach (var create in program.MoreVerbs) root.Add(create(terminal, program));
        root.Add(CommonOptions.Debug);
        ExampleHelp.AddTo(root, $"{program.Name} demo");
        return root;
    }

    private static Exception Innermost(Exception exception) =>
        exception is AggregateException or System.Reflection.TargetInvocationException or TypeInitializationException && exception.InnerException is { } inner ? Innermost(inner) : exception;
}
