using System.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;

namespace ActorTrain.CommandLine.Verbs;

/// <summary><c>set</c>: changes a job while it runs.</summary>
internal static class SetVerb
{
    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command(
            "set",
            "Changes the running job: the staleness policy (the weight of stale gradients) and the consistency model."
        );
        var settings = new Argument<string[]>("SETTING")
        {
            Description =
                "One or more of staleness.KEY=VALUE and consistency.KEY=VALUE: settings below "
                + "actortrain.job.staleness and actortrain.job.consistency.",
            Arity = ArgumentArity.OneOrMore,
        };
        command.Add(settings);
        var join = new JoinOption(command);
        ExampleHelp.AddTo(
            command,
            $"{terminal.Program} set staleness.policy=inverse staleness.bound=16 --join 127.0.0.1:4053",
            $"{terminal.Program} set consistency.name=bounded consistency.bounded.staleness=2 --join 127.0.0.1:4053"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                var given = (parsed.GetValue(settings) ?? [])
                    .Select(Change)
                    .ToLookup(change => change.Key.StartsWith("actortrain.job.consistency", StringComparison.Ordinal));
                var (staleness, consistency) = (given[false].ToList(), given[true].ToList());
                // Wrong settings are refused before the verb connects, as far as they do not depend on the job's own.
                var defaults = new JobOptions();
                JobOptionsReader.ReadStaleness(
                    defaults.Staleness,
                    defaults.Optimizer,
                    program.Algorithms,
                    WithoutOwn(staleness, "policy")
                );
                JobOptionsReader.ReadConsistency(
                    defaults.Consistency,
                    program.Algorithms,
                    WithoutOwn(consistency, "name")
                );
                using var interruption = new Interruption();
                await using var client = await join.ConnectAsync(parsed, terminal, interruption.Token);
                if (staleness.Count > 0)
                    await terminal.Output.WriteLineAsync(
                        $"staleness: {await client.SetStalenessPolicyAsync(staleness, interruption.Token)}"
                    );
                if (consistency.Count > 0)
                    await terminal.Output.WriteLineAsync(
                        $"consistency: {await client.SetConsistencyAsync(consistency, interruption.Token)}"
                    );
                return ExitCodes.Finished;
            }
        );
        return command;
    }

    // Settings of an algorithm of the job's own are known by its name, which only the job knows where it is not given.
    private static IEnumerable<SettingOverride> WithoutOwn(List<SettingOverride> changes, string nameKey) =>
        changes.Exists(change => change.Key.EndsWith("." + nameKey, StringComparison.Ordinal))
            ? changes
            : changes.Where(change => !change.Key.Contains(".settings.", StringComparison.Ordinal));

    private static SettingOverride Change(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } key, var value]
            ? new SettingOverride("actortrain.job." + key, value, "set")
            : throw new ActorTrainException(
                $"'{text}' is no setting; write KEY=VALUE, such as staleness.policy=inverse."
            );
}
