using System.CommandLine;
using ActorTrain.CommandLine.Display;
using ActorTrain.CommandLine.Options;
using ActorTrain.Job;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>status</c>: what a cluster does now.</summary>
internal static class StatusVerb
{
    private const int DefaultWait = 10;
    private const int MaxWait = 3600;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("status", "Shows a cluster's nodes, their devices and shares, and its job.");
        var join = new JoinOption(command);
        var wait = OptionText.Create(
            "--wait",
            "SECONDS",
            $"How long to wait for the cluster; {DefaultWait} unless given."
        );
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        command.Add(wait);
        command.Add(json);
        ExampleHelp.AddTo(
            command,
            $"{terminal.Program} status --join 127.0.0.1:4053",
            $"{terminal.Program} status --join 127.0.0.1:4053 --json"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                var timeout = TimeSpan.FromSeconds(parsed.ReadInteger(wait, DefaultWait, 0, MaxWait));
                using var interruption = new Interruption();
                await using var client = await join.ConnectAsync(parsed, terminal, interruption.Token, timeout);
                var status = await client.GetStatusAsync(interruption.Token);
                if (parsed.GetValue(json))
                    await terminal.Output.WriteAsync(ClusterStatusJson.Serialize(status));
                else
                    Show(terminal, status);
                return ExitCodes.Finished;
            }
        );
        return command;
    }

    private static void Show(Terminal terminal, ClusterStatus status)
    {
        terminal.Write(Tables.Nodes(status));
        terminal.Output.WriteLine(status.Job is { } job ? $"{job.Job}: {ProgressLine.Format(job)}" : "no job yet");
    }
}
