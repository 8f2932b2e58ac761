using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>attach</c> and <c>result</c>: follow a job that another client may have submitted, or fetch what it has
/// become.</summary>
internal static class AttachVerb
{
    public static Command CreateAttach(Terminal terminal) =>
        Create(
            terminal,
            new Command("attach", "Follows a job to its end, as the client that submitted it does."),
            savesWhileTraining: true,
            example: ""
        );

    public static Command CreateResult(Terminal terminal) =>
        Create(
            terminal,
            new Command("result", "Fetches the result of a job that has ended."),
            savesWhileTraining: false,
            example: " --save model.safetensors"
        );

    private static Command Create(Terminal terminal, Command command, bool savesWhileTraining, string example)
    {
        var id = new Argument<string>("ID") { Description = "The job, as 'jobs' lists it." };
        command.Add(id);
        var join = new JoinOption(command);
        var output = RunOutput.AddTo(command, savesWhileTraining);
        var log = new LogOptions(command, terminal.Program);
        ExampleHelp.AddTo(command, $"{terminal.Program} {command.Name} 1893451122-1 --join 127.0.0.1:4053{example}");
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = savesWhileTraining ? Interruption.OfFollower(terminal) : new Interruption();
                var (jobId, runOutput) = (parsed.GetValue(id)!, output(parsed));
                await using var client = await join.ConnectAsync(parsed, terminal, interruption.Token, log: log);
                if (!savesWhileTraining)
                {
                    var jobs = await client.GetJobsAsync(interruption.Token);
                    if (jobs.FirstOrDefault(job => job.JobId == jobId) is { Ended: null })
                        throw new ActorTrainException(
                            $"Job {jobId} has not ended; '{terminal.Program} attach {jobId}' follows it to its end."
                        );
                }
                var run = await client.AttachAsync(jobId, interruption.Token);
                return await new JobFollower(terminal, runOutput, interruption).RunAsync(run);
            }
        );
        return command;
    }
}
