using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Balance;

/// <summary>
/// One of four asynchronous workers has an eighth of the others' speed: the effect of each staleness policy on its
/// stale gradients, and of balance.
/// </summary>
internal static class StragglerBenchmark
{
    // Together a core and a quarter, so that two cores suffice for them and a server.
    private static readonly double[] Speeds = [0.4, 0.4, 0.4, 0.05];

    private const string Unbalanced = "balance.micro-batch = off, balance.lease = off, balance.repeat = off";

    private static readonly (string Name, string Settings)[] Settings =
    [
        ("accept", Unbalanced),
        ("inverse", $"{Unbalanced}, staleness.policy = inverse"),
        ("staleness-aware", $"{Unbalanced}, staleness.policy = staleness-aware"),
        ("dc-asgd", $"{Unbalanced}, staleness.policy = dc-asgd"),
        ("dc-asgd-adaptive", $"{Unbalanced}, staleness.policy = dc-asgd-adaptive"),
        ("gap-aware", $"{Unbalanced}, staleness.policy = gap-aware"),
        ("dana-slim", $"{Unbalanced}, staleness.policy = dana-slim"),
        ("delay-threshold", $"{Unbalanced}, staleness.policy = delay-threshold, staleness.threshold = 9"),
        ("bound = 8", $"{Unbalanced}, staleness.bound = 8"),
        ("balance on", "balance.micro-batch = on"),
    ];

    private const string Job = """
        name = straggler, model.name = cnn, data.source = built-in, epochs = 8, evaluate-every = 1000, batch-size = 64
        optimizer { learning-rate = 0.02, momentum = 0.9 }
        schedule { name = cosine, warm-up = 0.5 }
        """;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var settings = Settings.Where(setting => options.Wants(setting.Name)).ToList();
        await Console.Error.WriteLineAsync(
            $"measuring {settings.Count} settings with {options.Rounds} seeds, about "
                + $"{settings.Count * options.Rounds * 12 / 60.0:0.0} minutes"
        );
        var reports = settings.Select(_ => new List<TrainingReport>()).ToArray();
        await using var nodes = await LocalNodes.StartAsync(
            Speeds.Select<double, Func<double>>(speed => () => speed),
            options.NodeSettings
        );
        // Warm-up: this process is still being compiled.
        await nodes.RunAsync(Options(options, "epochs = 3"), _ => { });
        for (var seed = 1; seed <= options.Rounds; seed++)
        {
            for (var i = 0; i < settings.Count; i++)
            {
                var report = (
                    await nodes.RunAsync(Options(options, $"{settings[i].Settings}, seed = {seed}"), _ => { })
                ).EnsureCounted();
                reports[i].Add(report);
                Interim.Print(
                    settings[i].Name,
                    seed,
                    ("accuracy", Text(report.TestAccuracy ?? double.NaN, "0.000")),
                    ("seconds", Text(report.WallSeconds, "0.0")),
                    ("staleness mean", Text(report.Staleness.Mean, "0.0")),
                    ("the straggler's share", Text(Slow(report, nodes.Workers[^1]).Share, "0.000"))
                );
            }
        }
        // A job that does not learn is a result here, not an error: stale gradients can prevent it.
        Print(nodes.Workers[^1], settings.Select(setting => setting.Name).Zip(reports));
    }

    private static JobOptions Options(BenchmarkOptions options, string setting) =>
        JobOptionsReader.Read(
            ConfigurationFactory
                .ParseString($"actortrain.job {{ {setting} }}")
                .WithFallback(ConfigurationFactory.ParseString(options.JobSettings))
                .WithFallback(ConfigurationFactory.ParseString($"actortrain.job {{ {Job} }}"))
        );

    private static void Print(string straggler, IEnumerable<(string Name, List<TrainingReport> Reports)> settings)
    {
        var table = new Table(
            "staleness",
            "accuracy",
            "seconds",
            "staleness mean",
            "largest",
            "the straggler's share",
            "its staleness"
        )
        {
            PrintsAtEnd = true,
        };
        foreach (var (name, reports) in settings)
        {
            var slow = reports.Select(report => Slow(report, straggler)).ToList();
            table.Add(
                name,
                Spread(reports.Select(report => report.TestAccuracy ?? double.NaN), "0.000"),
                Spread(reports.Select(report => report.WallSeconds), "0.0"),
                Spread(reports.Select(report => report.Staleness.Mean), "0.0"),
                $"{reports.Max(report => report.Staleness.Max)}",
                Spread(slow.Select(worker => worker.Share), "0.000"),
                Spread(slow.Select(worker => worker.StalenessMean), "0.0")
            );
        }
        table.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"A straggler: four workers at {string.Join(", ", Speeds)} of a core's speed; mean ± standard "
                    + $"deviation over the seeds"
            )
        );
    }

    private static string Spread(IEnumerable<double> values, string format)
    {
        var (mean, deviation) = values.ToList().Spread();
        return $"{Text(mean, format)} ± {Text(deviation, format)}";
    }

    private static WorkerSummary Slow(TrainingReport report, string straggler) =>
        report.Workers.Single(worker => worker.Node == straggler);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
