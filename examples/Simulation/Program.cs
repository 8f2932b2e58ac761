// What if the GPU machine fails in the middle of a job? Two simulations of a quarter of an hour each, in virtual time:
//   dotnet run -c Release --project examples/Simulation
using System.Diagnostics;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

var job = JobOptionsReader.Read(
    null,
    [new("actortrain.job.epochs", "150", "example"), new("actortrain.job.batch-size", "64", "example")]
);

// A GPU machine, two workstations and a laptop on a slow network; speeds in samples a second.
var cluster = new Simulation(Seed: 1) { Engines = AnalyticEngines.Small(parameters: 100, trainSamples: 60_000) }
    .WithSeed()
    .WithNode(
        new NodePlan("gpu-box", ["worker"], Speed.Constant(8_000))
        {
            Device = new DeviceDescription("cuda", "simulated", 1),
        }
    )
    .WithWorkers(2, Speed.Exponential(1_500))
    .WithNode(new NodePlan("laptop", ["worker"], Speed.Constant(300)))
    .WithLink("laptop", "seed", TimeSpan.FromMilliseconds(20), bytesPerSecond: 2e6);

Run("no faults", cluster);
Run(
    "the GPU machine is killed after five minutes, and restarts after eight",
    cluster.At(seconds: 300, Fault.Kill("gpu-box")).At(seconds: 480, Fault.Restart("gpu-box"))
);

void Run(string title, Simulation simulation)
{
    var watch = Stopwatch.StartNew();
    // Throws if a sample does not count once, a version goes back, or an acknowledged sample is lost.
    var result = simulation.Run(job).ShouldSucceed();
    Console.WriteLine(
        $"{title}: {result.Time.TotalMinutes:0.0} minutes, simulated in {watch.Elapsed.TotalSeconds:0.0} s; "
            + $"staleness {result.Report!.Staleness.Mean:0.00}"
    );
    foreach (var worker in result.Report.Workers)
        Console.WriteLine($"  {worker.Node, -10} {worker.Samples, 10:N0} samples, {worker.Share, 4:P0}");
    foreach (var (at, raised) in result.Happened.Where(entry => entry.Event.Node == "gpu-box"))
        Console.WriteLine($"  {at:mm\\:ss} {raised.Kind}: {raised.Reason}; {raised.Action}");
}
