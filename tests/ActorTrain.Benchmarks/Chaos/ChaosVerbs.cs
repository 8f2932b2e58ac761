using System.CommandLine;
using ActorTrain.Benchmarks.Training;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>Verbs whose exit code is the result of a check.</summary>
internal static class ChaosVerbs
{
    public static Command Chaos()
    {
        var minutes = Minutes(5);
        var seed = new Option<int>("--seed")
        {
            Description = "Seeds the faults and the job.",
            DefaultValueFactory = _ => 1,
        };
        var faults = new Option<double>("--faults") { Description = "Faults a minute.", DefaultValueFactory = _ => 2 };
        var workers = new Option<int>("--workers")
        {
            Description = "Worker processes, 2 or more.",
            DefaultValueFactory = _ => 4,
        };
        var throttle = new Option<double>("--throttle")
        {
            Description =
                "The part of the time that each worker computes: small enough that the cores suffice for all of them, "
                + "also while some start.",
            DefaultValueFactory = _ => 0.25,
        };
        var kinds = new Option<FaultKind[]>("--kinds")
        {
            Description = "Kinds of faults.",
            DefaultValueFactory = _ => Enum.GetValues<FaultKind>(),
            AllowMultipleArgumentsPerToken = true,
        };
        var (job, node) = Settings();
        var command = new Command(
            "chaos",
            "Kills, freezes, terminates and replaces the seed and workers while a job trains; compares with the same "
                + "job without faults. Exit code 1: a sample, an event or a node is missing."
        )
        {
            minutes,
            seed,
            faults,
            workers,
            throttle,
            kinds,
            job,
            node,
        };
        command.SetAction(
            async (parsed, cancellation) =>
                ExitCode(
                    await ChaosBenchmark.RunAsync(
                        new ChaosOptions(
                            Math.Max(0.5, parsed.GetValue(minutes)),
                            parsed.GetValue(seed),
                            Math.Max(0, parsed.GetValue(faults)),
                            Math.Max(2, parsed.GetValue(workers)),
                            Math.Clamp(parsed.GetValue(throttle), 0.05, 1),
                            parsed.GetValue(kinds)!,
                            JobSettings(parsed.GetValue(job)),
                            NodeSettings(parsed.GetValue(node))
                        ),
                        cancellation
                    )
                )
        );
        return command;
    }

    public static Command Alarms()
    {
        var minutes = Minutes(10);
        var name = new Option<string>("--name") { Description = "The job.", DefaultValueFactory = _ => "mobilenet 64" };
        name.AcceptOnlyFromAmong([.. TrainingJob.All.Select(known => known.Name)]);
        var (job, node) = Settings();
        var command = new Command("alarms", "Saturates the cores without faults. Exit code 1: a worker was doubted.")
        {
            minutes,
            name,
            job,
            node,
        };
        command.SetAction(
            async (parsed, _) =>
                ExitCode(
                    await AlarmsBenchmark.RunAsync(
                        parsed.GetValue(name)!,
                        TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                        JobSettings(parsed.GetValue(job)),
                        NodeSettings(parsed.GetValue(node))
                    )
                )
        );
        return command;
    }

    private static Option<double> Minutes(double usual) =>
        new("--minutes") { Description = "Approximate duration of the job.", DefaultValueFactory = _ => usual };

    private static (Option<string> Job, Option<string> Node) Settings() =>
        (
            new Option<string>("--job")
            {
                Description = "Job settings that override the defaults, such as 'micro-batches-per-lease = 4'.",
                DefaultValueFactory = _ => "",
            },
            new Option<string>("--node")
            {
                Description = "Node settings that override the defaults, such as 'lane.same-machine = tcp'.",
                DefaultValueFactory = _ => "",
            }
        );

    private static string JobSettings(string? settings) => $"actortrain.job {{ {settings} }}";

    private static string NodeSettings(string? settings) => $"actortrain {{ {settings} }}";

    private static int ExitCode(bool passed) => passed ? 0 : 1;
}
