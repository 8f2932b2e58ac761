using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>pause</c>, <c>resume</c> and <c>cancel</c>: pause and resume the running job, and cancel one.</summary>
internal static class ControlVerbs
{
    public static Command CreatePause(Terminal terminal) =>
        Create(
            terminal,
            "pause",
            "Pauses the running job: workers finish the leases that they hold, and get no more.",
            $"paused; '{terminal.Program} resume' continues it",
            (client, cancellation) => client.PauseAsync(cancellation)
        );

    public static Command CreateResume(Terminal terminal) =>
        Create(
            terminal,
            "resume",
            "Resumes a paused job.",
            "resumed",
            (client, cancellation) => client.ResumeAsync(cancellation)
        );

    public static Command CreateCancel(Terminal terminal)
    {
        var id = new Argument<string>("ID")
        {
            Description = "The job, as 'jobs' lists it; the one that runs unless given.",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => "",
        };
        var command = new Command(
            "cancel",
            "Cancels a job: the clients that follow it get the weights so far, and its nodes keep them."
        );
        command.Add(id);
        return Complete(
            terminal,
            command,
            "canceling",
            (client, parsed, cancellation) => client.CancelAsync(parsed.GetValue(id)!, cancellation)
        );
    }

    private static Command Create(
        Terminal terminal,
        string verb,
        string description,
        string done,
        Func<TrainingClient, CancellationToken, Task> request
    ) =>
        Complete(
            terminal,
            new Command(verb, description),
            done,
            (client, _, cancellation) => request(client, cancellation)
        );

    private static Command Complete(
        Terminal terminal,
        Command command,
        string done,
        Func<TrainingClient, ParseResult, CancellationToken, Task> request
    )
    {
        var join = new JoinOption(command);
        ExampleHelp.AddTo(command, $"{terminal.Program} {command.Name} --join 127.0.0.1:4053");
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption();
                await using var client = await join.ConnectAsync(parsed, terminal, interruption.Token);
                await request(client, parsed, interruption.Token);
                await terminal.Output.WriteLineAsync(done);
                return ExitCodes.Finished;
            }
        );
        return command;
    }
}
