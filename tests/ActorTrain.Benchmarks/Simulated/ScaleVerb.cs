using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Engines;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.Torch;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>
/// The cost of a simulation by its number of workers, with a check of the law of staleness: N workers that are always
/// busy have a mean staleness of N − 1.
/// </summary>
internal static class ScaleVerb
{
    // So many that the first round, before any update, does not matter in the mean. The same number at each size, since
    // the cost of starting a worker is shared by its pushes.
    private const int Rounds = 250,
        Most = 10_000;

    private const string Balance = "balance.micro-batch = off, balance.repeat = off";

    public static Command Create()
    {
        var most = new Option<int>("--most") { Description = "Workers at most.", DefaultValueFactory = _ => Most };
        var least = new Option<int>("--least")
        {
            Description = "Workers at least; with --most it selects one size, such as for a profiler.",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command(
            "scale",
            "Simulates more and more workers: time, memory and messages, and the law of staleness."
        )
        {
            least,
            most,
        };
        command.SetAction(parsed =>
        {
            var table = new Table(
                "workers",
                "engine",
                "pushes",
                "seconds",
                "virtual seconds",
                "messages",
                "simulated events",
                "µs a push",
                "memory MB",
                "staleness",
                "N − 1"
            )
            {
                Keys = 2,
            };
            foreach (
                var workers in new[] { 10, 100, 1000, 3000, Most }.Where(workers =>
                    workers >= parsed.GetValue(least) && workers <= parsed.GetValue(most)
                )
            )
                Measure(
                    table,
                    workers,
                    "analytic",
                    AnalyticEngines.Small(parameters: 4, trainSamples: SimulatedJob.Batch * workers * Rounds),
                    $"epochs = 1, {Balance}"
                );
            if (parsed.GetValue(least) <= 1000 && parsed.GetValue(most) >= 1000)
                Measure(
                    table,
                    1000,
                    "mlp 784-16-10",
                    new TorchEngineFactory(new TorchOptions("cpu", Threads: 1, DataFolder: null)),
                    $"epochs = 5, model.name = mlp, model.mlp.hidden = [16], data.source = built-in, {Balance}"
                );
            table.Print("Simulated clusters, speeds from 500 to 1,500 samples/s, one thread");
            return 0;
        });
        return command;
    }

    private static void Measure(Table table, int workers, string name, IEngineFactory engines, string job)
    {
        var random = new Random(1);
        var simulation = new Simulation(Seed: 1)
        {
            Engines = engines,
            Links = NetworkOptions.None,
            Costs = CostOptions.None,
        }.WithSeed();
        // Added at once, since each call copies the list.
        simulation = simulation with
        {
            Nodes =
            [
                .. simulation.Nodes,
                .. Enumerable
                    .Range(1, workers)
                    .Select(i => new NodePlan(
                        $"worker-{i}",
                        [NodeRoles.Worker],
                        Speed.Constant(500 + 1000 * random.NextDouble())
                    )),
            ],
        };
        Settle();
        var (watch, before) = (Stopwatch.StartNew(), Environment.WorkingSet);
        using var run = simulation.Start(SimulatedJob.Create($"minimum-workers = {workers}, {job}"));
        var most = before;
        while (!run.HasEnded)
        {
            run.Advance(TimeSpan.FromSeconds(0.5));
            most = Math.Max(most, Environment.WorkingSet);
        }
        var (result, seconds) = (run.ToEnd().ShouldSucceed(), watch.Elapsed.TotalSeconds);
        var pushes = result.Report!.Staleness.Histogram.Sum();
        table.Add(
            Whole(workers),
            name,
            Whole(pushes),
            Text(seconds, "0.0"),
            Text(result.Time.TotalSeconds, "0.0"),
            Whole(result.Links.Sum(link => link.Messages)),
            Whole(result.Turns),
            Text(1e6 * seconds / pushes, "0"),
            Whole((most - before) >> 20),
            Text(result.Report.Staleness.Mean, "0.00"),
            Whole(workers - 1)
        );
    }

    // Memory of the simulation before must not count.
    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
