using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Job;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Exploration;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>What the simulator finds, and what it costs.</summary>
internal static class SimulationVerbs
{
    private const int Batch = 10;

    public static Command Explore()
    {
        var scripts = new Option<int>("--scripts") { Description = "Fault scripts to run.", DefaultValueFactory = _ => 100_000 };
        var first = new Option<int>("--first") { Description = "Number of the first; the tests run those from 1 on.", DefaultValueFactory = _ => 1001 };
        var command = new Command("explore", "Runs a job in virtual time under random fault scripts, and checks the laws after each. Exit code 1: one is broken.") { scripts, first };
        command.SetAction(parsed =>
        {
            var (count, from, watch) = (parsed.GetValue(scripts), parsed.GetValue(first), Stopwatch.StartNew());
            try
            {
                new Explorer(Explorer.Cluster(seed: 1), Job("epochs = 3, lease-batches = 8")).Run(count, from);
            }
            catch (CsCheck.CsCheckException broken)
            {
                Console.WriteLine(broken.Message);
                return 1;
            }
            Console.WriteLine(FormattableString.Invariant($"{count:N0} scripts from {from} on, {watch.Elapsed.TotalSeconds:0} s: every job ended, every sample counted once"));
            return 0;
        });
        return command;
    }

    public static Command Scale()
    {
        var most = new Option<int>("--most") { Description = "Workers at most.", DefaultValueFactory = _ => 10_000 };
        var command = new Command("scale", "Simulates more and more workers: time, memory and messages, and the law of staleness.") { most };
        command.SetAction(parsed =>
        {
            var table = new Table("workers", "pushes", "seconds", "virtual seconds", "turns", "µs a push", "peak memory MB", "staleness", "N − 1");
            foreach (var workers in new[] { 10, 100, 1000, 10_000 }.Where(workers => workers <= parsed.GetValue(most))) Measure(workers, table);
            table.Print("Simulated clusters with an analytic engine, speeds from 500 to 1,500 samples/s, one thread");
        });
        return command;
    }

    private static void Measure(int workers, Table table)
    {
        var rounds = workers < 1000 ? 300 : 40;
        var (random, simulation) = (new Random(1), new Simulation(Seed: 1)
        {
            Engines = AnalyticEngines.Small(parameters: 4, trainSamples: Batch * workers * rounds),
            Links = NetworkOptions.None,
            Costs = CostOptions.None,
        }.WithSeed());
        simulation = simulation with
        {
            Nodes = [.. simulation.Nodes, .. Enumerable.Range(1, workers).Select(i =>
                new NodePlan($"worker-{i}", [Hosting.NodeRoles.Worker], Speed.Constant(500 + 1000 * random.NextDouble())))],
        };
        var watch = Stopwatch.StartNew();
        var result = simulation.Run(Job($"epochs = 1, minimum-workers = {workers}"));
        var seconds = watch.Elapsed.TotalSeconds;
        if (result.Failure is not null || result.Violations.Count > 0) throw new InvalidOperationException(result.Failure ?? result.Violations[0]);
        var pushes = result.Report!.Staleness.Histogram.Sum();
        using var process = Process.GetCurrentProcess();
        table.Add(
            Measured(workers), Measured(pushes), seconds.ToString("0.0", CultureInfo.InvariantCulture), result.Time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),
            Measured(result.Turns), (1e6 * seconds / pushes).ToString("0", CultureInfo.InvariantCulture), Measured(process.PeakWorkingSet64 >> 20),
            result.Report.Staleness.Mean.ToString("0.00", CultureInfo.InvariantCulture), Measured(workers - 1));
    }

    private static string Measured(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static JobOptions Job(string settings) => JobOptionsReader.Read(ConfigurationFactory.ParseString($$"""
        actortrain.job { {{settings}}, batch = {{Batch}}, evaluate-every = 1000
          optimizer.learning-rate = 0.001
          optimizer.momentum = 0
        }
        """));
}
