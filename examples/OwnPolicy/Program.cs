// A staleness policy of one's own: a stale gradient loses half of its weight in a number of versions. Compared with the
// default in a simulation; on real nodes, node.Algorithms takes the policy in the same way.
//   dotnet run -c Release --project examples/OwnPolicy
using System.Globalization;
using ActorTrain;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Staleness;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Nodes;

var cluster = new Simulation(Seed: 1) { Algorithms = new Algorithms().AddStalenessPolicy("half-life", HalfLife.Create) }
    .WithSeed()
    .WithWorkers(6, Speed.Exponential(1_000))
    .WithWorkers(2, Speed.Exponential(200));
var job = new JobOptions
{
    Epochs = 2,
    Optimizer = new Sgd(0.02) { Momentum = 0 },
};

Run(job);
Run(
    job with
    {
        Staleness = new StalenessOptions
        {
            Policy = "half-life",
            Settings = new Dictionary<string, string> { ["versions"] = "4" },
        },
    }
);

void Run(JobOptions job)
{
    var report = cluster.Run(job).ShouldSucceed().Report!;
    Console.WriteLine(
        $"{job.Staleness.Policy}: train loss {report.Epochs[^1].TrainLoss:0.0000}, mean staleness "
            + $"{report.Staleness.Mean:0.0}, {report.SamplesApplied:N0} samples, each once"
    );
}

/// <summary>The weight is 2^(-staleness / versions).</summary>
internal sealed class HalfLife(double versions) : IStalenessPolicy
{
    public static HalfLife Create(StalenessOptions options) =>
        double.TryParse(options.Settings.GetValueOrDefault("versions"), CultureInfo.InvariantCulture, out var versions)
        && versions > 0
            ? new HalfLife(versions)
            : throw new ActorTrainException("staleness.settings.versions must be a number above 0.");

    public Verdict Judge(long staleness) => Verdict.Scaled((float)Math.Pow(2, -staleness / versions));
}
