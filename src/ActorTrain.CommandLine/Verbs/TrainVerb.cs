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
        var command = new Command("train", "Submits a job to a running cluster, follows it, and ends with it.");
        var source = new JobSource(command, program);
        var join = new JoinOption(command);
        var wait = OptionText.Create(
            "--wait",
            "SECONDS",
            $"How long to wait for the cluster; {DefaultWait} unless given."
        );
        command.Add(wait);
        var output = RunOutput.AddTo(command);
        var log = new LogOptions(command, terminal.Program);
        ExampleHelp.AddTo(
            command,
            $"{terminal.Program} train job.conf --join 127.0.0.1:4053 --epochs 3",
            $"{terminal.Program} train --join 127.0.0.1:4053 --optimizer adam --lr 0.001 --report report.json --save "
                + $"model.safetensors"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption();
                // Wrong options are found before anything is connected.
                var (job, runOutput) = (source.Read(parsed), output(parsed));
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
                return await new JobFollower(terminal, runOutput, interruption).RunAsync(
                    client,
                    NamedData.Add(program, job),
                    clusterFailure: new TaskCompletionSource().Task
                );
            }
        );
        return command;
    }
}
