using System.Globalization;
using System.Text.RegularExpressions;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Durability;

/// <summary>What standbys and checkpoints cost: the same job with neither, with one, and with the other.</summary>
internal static partial class DurabilityBenchmark
{
    private const int Workers = 2,
        SecondsBetween = 5;

    private static readonly TrainingJob[] Jobs = [new("mlp", 64, 28), new("cnn", 64, 40)];

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var table = new Table(
            "job",
            "run",
            "images/s",
            "of neither",
            "a checkpoint a minute",
            "waits",
            "p50",
            "p99",
            "max"
        )
        {
            Keys = 2,
        };
        var folder = Directory.CreateTempSubdirectory("actortrain-checkpoints-");
        try
        {
            foreach (var job in Jobs.Where(job => options.Wants(job.Name)))
            foreach (var row in await MeasureAsync(job, options, folder.FullName))
                table.Add([job.Name, .. row]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        table.Print(
            $"Standbys and checkpoints, {Workers} worker processes and a server on {Environment.ProcessorCount} cores; "
                + $"median of {options.Rounds}"
        );
        Console.WriteLine(
            $"\nA checkpoint each {SecondsBetween} s; a checkpoint a minute: the part that is left with that one "
                + "alone. waits: how often no lease was granted, with the times in ms."
        );
    }

    private static async Task<List<string[]>> MeasureAsync(TrainingJob job, BenchmarkOptions options, string folder)
    {
        string[] names = ["neither", "standby", "checkpoints"];
        var runs = names.Select(_ => new List<double>()).ToList();
        var waits = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
        for (var i = 0; i < names.Length; i++)
        {
            var checkpoint = Path.Combine(folder, Guid.NewGuid().ToString("N"));
            var (node, settings) = names[i] switch
            {
                "neither" => ("coordinator.standby-share = 0", ""),
                "standby" => ("", ""),
                _ => (
                    "coordinator.standby-share = 0",
                    $"checkpoint {{ every = {SecondsBetween}s, folder = \"{checkpoint}\" }}"
                ),
            };
            var own = options with
            {
                NodeSettings = Merge($"actortrain {{ {node} }}", options.NodeSettings),
                JobSettings = Merge($"actortrain.job {{ {settings} }}", options.JobSettings),
            };
            await using var cluster = await Cluster.StartAsync(
                Enumerable.Repeat(Array.Empty<string>(), Workers),
                own.NodeSettings
            );
            var steady = new SteadyRange(() => cluster.ProcessorSeconds);
            var report = await cluster.RunAsync(job.Options(own.JobSettings), steady.Follow);
            runs[i].Add(steady.Measure(report).Throughput);
            waits.AddRange(WaitsOf(report));
            Interim.Print($"{job.Name}, {names[i]}", runs[i].Count, [("images/s", Measured.Whole(runs[i][^1]))]);
        }
        return
        [
            .. names.Select(
                (name, i) =>
                {
                    var part = runs[i].Zip(runs[0], (with, without) => with / without).Median();
                    var isLast = i == names.Length - 1;
                    return (string[])
                        [
                            name,
                            Measured.Whole(runs[i].Median()),
                            i == 0 ? "" : Number(part, "0.000"),
                            isLast ? Number(1 - (1 - part) * SecondsBetween / 60, "0.000") : "",
                            isLast ? $"{waits.Count}" : "",
                            isLast ? Number(waits.Percentile(0.5), "0") : "",
                            isLast ? Number(waits.Percentile(0.99), "0") : "",
                            isLast ? Number(waits.Max(), "0") : "",
                        ];
                }
            ),
        ];
    }

    private static IEnumerable<double> WaitsOf(TrainingReport report)
    {
        if (report.Events.FirstOrDefault(raised => raised.Kind == SupervisionEventKinds.CheckpointFailed) is { } failed)
            throw new InvalidOperationException(failed.Reason);
        return report
            .Events.Where(raised => raised.Kind == SupervisionEventKinds.CheckpointWritten)
            .Select(raised => Waited().Match(raised.Action))
            .Where(match => match.Success)
            .Select(match =>
                double.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
            );
    }

    private static string Merge(string settings, string fallback) =>
        ConfigurationFactory.ParseString(settings).WithFallback(ConfigurationFactory.ParseString(fallback)).ToString();

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"training waited ([\d,]+) ms")]
    private static partial Regex Waited();
}
