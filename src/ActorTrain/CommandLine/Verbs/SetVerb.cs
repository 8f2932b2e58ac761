using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>set</c>: changes a job while it runs.</summary>
internal static class SetVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("set", "Changes what is done about late gradients in the job that runs: settings below actortrain.job.staleness.");
        var settings = new Argument<string[]>("SETTING") { Description = "staleness.KEY=VALUE, where KEY is policy, a setting of it such as dc-asgd.lambda, bound, lead, demote-after or rest.", Arity = ArgumentArity.OneOrMore };
        command.Add(settings);
        var join = new JoinOption(command);
        ExampleHelp.AddTo(command,
            $"{terminal.Program} set staleness.policy=inverse --join 127.0.0.1:4053", $"{terminal.Program} set staleness.bound=16 staleness.demote-after=3 --join 127.0.0.1:4053");
        command.SetAction(async (parsed, _) =>
        {
            var changes = (parsed.GetValue(settings) ?? []).Select(Change).ToList();
            // What cannot be is said before a cluster is looked for.
            JobOptionsReader.ReadStaleness(JobOptionsReader.Read().Staleness, JobOptionsReader.Read().Optimizer, changes);
            using var interruption = new Interruption();
            await using var client = await join.ConnectAsync(parsed, terminal, interruption.Token);
            await terminal.Output.WriteLineAsync($"staleness: {await client.GovernAsync(changes, interruption.Token)}");
            return Invocation.Success;
        });
        return command;
    }

    private static SettingOverride Change(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } key, var value]
            ? new SettingOverride("actortrain.job." + key, value, "set")
            : throw new ActorTrainException($"'{text}' is no setting; write KEY=VALUE, such as staleness.policy=inverse.");
}
