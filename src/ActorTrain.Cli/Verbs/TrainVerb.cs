using System.CommandLine;
using ActorTrain.Cli.Options;
using ActorTrain.Cli.Running;
using ActorTrain.Hosting;
using Akka.Configuration;

namespace ActorTrain.Cli.Verbs;

/// <summary><c>actortrain train</c>: submits a job to a running cluster and follows it.</summary>
internal static class TrainVerb
{
    private const int LongestWait = 86_400;
    private const int DefaultWait = 30;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("train", "Submits a job to a running cluster, follows it, and ends with it.");
        var source = new JobSource(command);
        var join = new JoinOption(command);
        var wait = OptionText.Named("--wait", "SECONDS", $"How long to wait for the cluster; {DefaultWait} unless given.");
        command.Add(wait);
        var output = RunOutput.AddTo(command);
        var log = new LogOptions(command);
        ExampleHelp.AddTo(command,
            "actortrain train hocon/jobs/fashion-mnist-cnn.conf --join 127.0.0.1:4053 --epochs 3",
            "actortrain train --join 127.0.0.1:4053 --model mlp --optimizer adam --lr 0.001 --report report.json --save model.safetensors");
        command.SetAction(async (parsed, _) =>
        {
            var (job, cluster, runOutput) = (source.Read(parsed), join.Read(parsed), output(parsed));
            var patience = TimeSpan.FromSeconds(parsed.Whole(wait, DefaultWait, 0, LongestWait));
            using var interruption = new Interruption();
            await using var client = await TrainingClient.ConnectAsync(cluster, patience, log.Over(parsed, Config.Empty), interruption.Token);
            await new JobFollower(terminal, runOutput, interruption).RunAsync(client, job, broken: new TaskCompletionSource().Task);
            return CommandLine.Success;
        });
        return command;
    }
}
