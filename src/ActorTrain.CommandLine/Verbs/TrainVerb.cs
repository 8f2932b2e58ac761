using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Hosting;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>train</c>: submits a job to a running cluster and follows it.</summary>
internal static class TrainVerb
{
    private const int MaxWait = 86_400;
    private const int DefaultWait = 30;

    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command("train", "Submits a job to a running cluster, and follows it to its end.");
        var source = new JobSource(command, program, mayQueue: true);
        var join = new JoinOption(command);
        var wait = OptionText.Create(
            "--wait",
            "SECONDS",
            $"How long to wait for the cluster; {DefaultWait} unless given."
        );
        var detach = new Option<bool>("--detach")
        {
            Description = "Print the job's id and end; the job runs in the cluster.",
        };
        command.Add(wait);
        command.Add(detach);
        var output = RunOutput.AddTo(command);
        var log = new LogOptions(command, terminal.Program);
        ExampleHelp.AddTo(
            command,
            $"{terminal.Program} train job.conf --join 127.0.0.1:4053 --epochs 3",
            $"{terminal.Program} train --join 127.0.0.1:4053 --optimizer adam --lr 0.001 --report report.json --save "
                + $"model.safetensors",
            $"{terminal.Program} train job.conf --join 127.0.0.1:4053 --detach"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = Interruption.OfFollower(terminal);
                // Wrong options are found before anything is connected.
                var (job, runOutput) = (source.Read(parsed), output(parsed));
                if (parsed.GetValue(detach) && (runOutput.Model ?? runOutput.Report) is not null)
                    throw new ActorTrainException(
                        $"{detach.Name} ends before there is a result to write; write it with "
                            + $"'{terminal.Program} result ID --save FILE --report FILE'."
                    );
                var timeout = TimeSpan.FromSeconds(parsed.ReadInteger(wait, DefaultWait, 0, MaxWait));
                var cluster = await join.FindAsync(parsed, terminal.Output);
                var connecting = TrainingClient.ConnectAsync(
                    cluster,
                    timeout,
                    log.Configure(parsed, Config.Empty),
                    interruption.Token
                );
                await using var client = await ConnectionWait.AwaitAsync(connecting, cluster, terminal.Output);
                if (source.Resume(parsed) is { } resume)
                    job = source.Read(parsed, await client.GetCheckpointAsync(resume, interruption.Token));
                var run = await client.SubmitAsync(NamedData.Add(program, job), interruption.Token);
                if (!parsed.GetValue(detach))
                    return await new JobFollower(terminal, runOutput, interruption).RunAsync(run);
                run.Detach();
                await terminal.Output.WriteLineAsync(run.JobId);
                if (!runOutput.Quiet)
                    terminal.WriteError(JobFollower.LeftRunning(terminal.Program, run.JobId));
                return ExitCodes.Finished;
            }
        );
        return command;
    }
}
