using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>pause</c>, <c>resume</c> and <c>cancel</c>: pause, resume and cancel the running job.</summary>
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

    public static Command CreateCancel(Terminal terminal) =>
        Create(
            terminal,
            "cancel",
            "Cancels the running job: the client that submitted it gets the weights so far.",
            "canceling",
            (client, cancellation) => client.CancelAsync(cancellation)
        );

    private static Command Create(
        Terminal terminal,
        string verb,
        string description,
        string done,
        Func<TrainingClient, CancellationToken, Task> request
    )
    {
        var command = new Command(verb, description);
        var join = new JoinOption(command);
        ExampleHelp.AddTo(command, $"{terminal.Program} {verb} --join 127.0.0.1:4053");
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption();
                await using var client = await join.ConnectAsync(parsed, terminal, interruption.Token);
                await request(client, interruption.Token);
                await terminal.Output.WriteLineAsync(done);
                return ExitCodes.Finished;
            }
        );
        return command;
    }
}
