using System.Globalization;
using System.Text;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.Worker;

namespace ActorTrain.TestKit;

/// <summary>
/// A whole cluster in virtual time, on one thread: the coordinator, shards, workers and supervisors are the real ones; simulated are the clock, the membership, the network and how long
/// a gradient takes. The same seed gives the same run, to the last bit.
/// </summary>
/// <example>
/// <code>
/// var result = new Simulation(Seed: 7)
///     .WithSeed()
///     .WithWorkers(4, Speed.Constant(1000))
///     .At(seconds: 10, Fault.Kill("worker-3"))
///     .Run(job);
/// </code>
/// </example>
/// <param name="Seed">Seeds the order of what happens at the same moment, and all that is random on the nodes.</param>
public sealed record Simulation(long Seed)
{
    /// <summary>The name of the node that <see cref="WithSeed"/> adds.</summary>
    public const string SeedName = "seed";

    /// <summary>The nodes that are there from the beginning.</summary>
    public IReadOnlyList<NodePlan> Nodes { get; init; } = [];

    /// <summary>What happens, and when.</summary>
    public IReadOnlyList<(TimeSpan At, Fault Fault)> Script { get; init; } = [];

    /// <summary>The links between nodes.</summary>
    public NetworkOptions Links { get; init; } = NetworkOptions.Default;

    /// <summary>What a shard takes for a push.</summary>
    public CostOptions Costs { get; init; } = CostOptions.Default;

    /// <summary>What the membership takes its time for.</summary>
    public MembershipTimes Times { get; init; } = new();

    /// <summary>Makes the engines whose gradients the nodes compute.</summary>
    public IEngineFactory Engines { get; init; } = AnalyticEngines.Small();

    /// <summary>HOCON over the nodes' defaults, such as <c>actortrain.worker.resend-after = 5s</c>.</summary>
    public string Settings { get; init; } = "";

    /// <summary>Reads along on the lane; null for nobody.</summary>
    internal ILaneReader? Reader { get; init; }

    /// <summary>Virtual time after which a run that has not ended is given up.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(10);

    /// <summary>With a node that holds the coordinator and a parameter shard.</summary>
    /// <param name="name">What it is called.</param>
    public Simulation WithSeed(string name = SeedName) => WithNode(new NodePlan(name, [NodeRoles.Coordinator, NodeRoles.Server], Speed.Constant(1)));

    /// <summary>With a node.</summary>
    /// <param name="node">The node.</param>
    public Simulation WithNode(NodePlan node) => Nodes.Any(other => other.Name == node.Name)
        ? throw new ActorTrainException($"The simulation has a node '{node.Name}' already; every name must be its own.")
        : this with { Nodes = [.. Nodes, node] };

    /// <summary>With workers: <c>worker-1</c>, <c>worker-2</c>, …, going on from those that are there.</summary>
    /// <param name="count">How many.</param>
    /// <param name="speed">How fast each is.</param>
    public Simulation WithWorkers(int count, Speed speed)
    {
        var there = Nodes.Count(node => node.Roles.Contains(NodeRoles.Worker));
        return this with { Nodes = [.. Nodes, .. Enumerable.Range(there + 1, count).Select(i => new NodePlan(WorkerName(i), [NodeRoles.Worker], speed))] };
    }

    /// <summary>With all links alike.</summary>
    /// <param name="latency">Time from one node to another.</param>
    /// <param name="bytesPerSecond">What one link carries, in one direction.</param>
    public Simulation WithLinks(TimeSpan latency, double bytesPerSecond) => this with { Links = Links with { Latency = latency, BytesPerSecond = bytesPerSecond } };

    /// <summary>With one link that is different, in both directions.</summary>
    /// <param name="one">A node.</param>
    /// <param name="other">Another node.</param>
    /// <param name="latency">Time from one to the other.</param>
    /// <param name="bytesPerSecond">What the link carries, in one direction.</param>
    public Simulation WithLink(string one, string other, TimeSpan latency, double bytesPerSecond) =>
        this with { Links = Links with { Links = [.. Links.Links, (one, other, latency, bytesPerSecond)] } };

    /// <summary>Something happens.</summary>
    /// <param name="seconds">Seconds from the beginning.</param>
    /// <param name="fault">What.</param>
    public Simulation At(double seconds, Fault fault) => this with { Script = [.. Script, (TimeSpan.FromSeconds(seconds), fault)] };

    /// <summary>Runs a job to its end.</summary>
    /// <param name="job">The job.</param>
    /// <returns>All that can be known of it; also of one that failed, or did not end.</returns>
    public SimulationResult Run(JobOptions job)
    {
        using var run = Start(job);
        return run.ToEnd();
    }

    /// <summary>Starts a job, to be moved on step by step.</summary>
    /// <param name="job">The job.</param>
    public SimulatedRun Start(JobOptions job) => new(this, job);

    /// <summary>The C# that makes this simulation: to replay it in a test.</summary>
    public string ToCode()
    {
        var code = new StringBuilder().Append(CultureInfo.InvariantCulture, $"new Simulation(Seed: {Seed})");
        foreach (var node in Nodes) code.Append(CultureInfo.InvariantCulture, $"\n    .WithNode({node})");
        if (Links.Latency != NetworkOptions.Default.Latency || Links.BytesPerSecond != NetworkOptions.Default.BytesPerSecond)
            code.Append(CultureInfo.InvariantCulture, $"\n    .WithLinks(TimeSpan.FromMilliseconds({Links.Latency.TotalMilliseconds}), {Links.BytesPerSecond})");
        foreach (var (one, other, latency, bytesPerSecond) in Links.Links)
            code.Append(CultureInfo.InvariantCulture, $"\n    .WithLink(\"{one}\", \"{other}\", TimeSpan.FromMilliseconds({latency.TotalMilliseconds}), {bytesPerSecond})");
        foreach (var (at, fault) in Script) code.Append(CultureInfo.InvariantCulture, $"\n    .At(seconds: {at.TotalSeconds}, {fault})");
        return code.ToString();
    }

    /// <summary>The name of a worker that joins: the next number whose name is not taken.</summary>
    internal static string NextWorker(ref int workers, Predicate<string> isTaken)
    {
        while (isTaken(WorkerName(++workers))) { }
        return WorkerName(workers);
    }

    private static string WorkerName(int number) => FormattableString.Invariant($"worker-{number}");
}
