using System.CommandLine;
using ActorTrain.CommandLine.Display;
using ActorTrain.CommandLine.Options;
using ActorTrain.Job;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>jobs</c>: the jobs of a cluster.</summary>
internal static class JobsVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "jobs",
            "Lists a cluster's jobs: the one that runs, those that wait, and those that have ended."
        );
        var join = new JoinOption(command);
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        command.Add(json);
        ExampleHelp.AddTo(command, $"{terminal.Program} jobs --join 127.0.0.1:4053");
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption();
                await using var client = await join.ConnectAsync(parsed, terminal, interruption.Token);
                var jobs = await client.GetJobsAsync(interruption.Token);
                if (parsed.GetValue(json))
                    await terminal.Output.WriteAsync(JobSummaryJson.Serialize(jobs));
                else if (jobs.Count == 0)
                    await terminal.Output.WriteLineAsync("no job yet");
                else
                    terminal.Write(Tables.Jobs(jobs, TimeProvider.System.GetUtcNow()));
                return ExitCodes.Finished;
            }
        );
        return command;
    }
}
