using ActorTrain.Job;
using ActorTrain.TestKit.Nodes;
using Akka.Configuration;

namespace ActorTrain.TestKit.Exploration;

/// <summary>
/// The jobs that are explored: each consistency mode, with gradients and with local steps, in several shapes. Small
/// epochs are among them: ends of epochs and jobs are at risk where a micro-batch is a large part of an epoch.
/// </summary>
internal static class ExploredJobs
{
    /// <summary>Troubles begin within so many seconds: about as long as a job takes.</summary>
    public const double Within = 20;

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["asynchronous"] = "consistency.name = asynchronous",
        ["bounded"] = "consistency { name = bounded, bounded.staleness = 2 }",
        ["bounded by 0"] = "consistency { name = bounded, bounded.staleness = 0 }",
        ["bounded, dynamic"] = "consistency { name = bounded, bounded { staleness = 1, max-staleness = 4 } }",
        ["synchronous"] = "consistency.name = synchronous",
        ["synchronous, deterministic"] =
            "consistency { name = synchronous, synchronous { global-batch-size = 150, deterministic = on } }",
        ["synchronous, 1 backup worker"] = "consistency { name = synchronous, synchronous.backup-workers = 1 }",
        ["synchronous, 2 backup workers"] = "consistency { name = synchronous, synchronous.backup-workers = 2 }",
        ["local steps, asynchronous"] =
            "consistency.name = asynchronous, local-steps { steps = 12, follow-speed = on, outer.learning-rate = 1 }",
        ["local steps, synchronous"] =
            "consistency.name = synchronous, local-steps { steps = 12, follow-speed = off, outer.learning-rate = 1 }",
    };

    private const string Checkpoints = "checkpoint.every = 2000 samples";

    private static readonly string[] Shapes =
    [
        "epochs = 3, batch-size = 10, micro-batches-per-lease = 8",
        "epochs = 1, batch-size = 64",
        "epochs = 2, batch-size = 25, micro-batches-per-lease = 1, max-in-flight-pushes = 0",
    ];

    /// <summary>The names of the jobs.</summary>
    public static IEnumerable<string> Names => Settings.Keys;

    /// <summary>Explores one job in each of its shapes.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="withoutFaults">Whether speeds are random in place of faults.</param>
    /// <param name="scripts">How many scripts to run, in all shapes together.</param>
    /// <param name="first">The number of the first script.</param>
    /// <exception cref="CsCheck.CsCheckException">A law was broken.</exception>
    public static void Explore(string name, bool withoutFaults, int scripts, int first = 1)
    {
        // Half of the scripts have a cluster of the default commands. Some of those have disks, which take time, and so
        // power cuts.
        List<(string Job, Simulation Nodes)> parts =
        [
            .. Shapes.Select(shape => (shape, Explorer.Cluster(seed: 1))),
            .. Shapes.Select(shape => (shape, Explorer.DefaultCluster(seed: 1))),
        ];
        if (!withoutFaults)
            parts.Add(($"{Shapes[0]}\n{Checkpoints}", Explorer.DefaultCluster(seed: 1)));
        for (var i = 0; i < parts.Count; i++)
        {
            var (shape, nodes) = parts[i];
            var (begin, end) = (scripts * i / parts.Count, scripts * (i + 1) / parts.Count);
            if (begin == end)
                continue;
            var job = JobOptionsReader.Read(
                ConfigurationFactory.ParseString(
                    $"actortrain.job {{ optimizer {{ learning-rate = 0.01, momentum = 0 "
                        + $"}}\n{shape}\n{Settings[name]} }}"
                )
            );
            // A shard on each server. The last step of an epoch depends on the number of samples.
            var cluster = nodes with
            {
                Engines = AnalyticEngines.Small(
                    parameters: 40,
                    trainSamples: (withoutFaults ? 1_500 : 4_000) + first % 64
                ),
                Limit = TimeSpan.FromHours(1),
            };
            new Explorer(cluster, job) { WithoutFaults = withoutFaults, Within = Within }.Run(
                end - begin,
                first + begin
            );
        }
    }
}
