using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Hosting;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>pause</c>, <c>resume</c> and <c>stop</c>: hold a job that runs, let it go on, end it.</summary>
internal static class PauseVerb
{
    public static Command CreatePause(Terminal terminal) =>
        Create(
            terminal,
            "pause",
            "Pauses the job that runs: workers finish the leases that they hold, and get no more.",
            $"paused; '{terminal.Program} resume' lets it go on",
            (client, cancellation) => client.PauseAsync(cancellation)
        );

    public static Command CreateResume(Terminal terminal) =>
        Create(
            terminal,
            "resume",
            "Lets a job that is paused go on.",
            "resumed",
            (client, cancellation) => client.ResumeAsync(cancellation)
        );

    public static Command CreateStop(Terminal terminal) =>
        Create(
            terminal,
            "stop",
            "Ends the job that runs, in order: whoever submitted it gets what there is.",
            "stopping",
            (client, cancellation) => client.StopAsync(cancellation)
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
