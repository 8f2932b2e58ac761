using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Replaying;
using ActorTrain.Worker;

namespace ActorTrain.TestKit;

/// <summary>
/// A whole cluster in virtual time, on one thread: the coordinator, shards, workers and supervisors are the real ones;
/// simulated are the clock, the membership, the network and how long a gradient takes. The same seed gives the same
/// run, to the last bit.
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

    // A time in ticks has to fit into a double.
    private const double MostSeconds = 1e8;

    /// <summary>The nodes that are there from the beginning.</summary>
    public IReadOnlyList<NodePlan> Nodes
    {
        get;
        init => field = All(nameof(Nodes), value);
    } = [];

    /// <summary>What happens, and when.</summary>
    /// <exception cref="ActorTrainException">Something is to happen before the beginning.</exception>
    public IReadOnlyList<(TimeSpan At, Fault Fault)> Script
    {
        get;
        init
        {
            foreach (var (at, fault) in All(nameof(Script), value))
                (_, _) = (
                    Checked.Time("Simulation.Script: At", at),
                    Checked.There("Simulation.Script: Fault", fault, AFault)
                );
            field = value;
        }
    } = [];

    /// <summary>The links between nodes.</summary>
    public NetworkOptions Links
    {
        get;
        init => field = There(nameof(Links), value);
    } = NetworkOptions.Default;

    /// <summary>What a shard takes for a push.</summary>
    public CostOptions Costs
    {
        get;
        init => field = There(nameof(Costs), value);
    } = CostOptions.Default;

    /// <summary>What the membership takes its time for.</summary>
    public MembershipTimes Times
    {
        get;
        init => field = There(nameof(Times), value);
    } = new();

    /// <summary>Makes the engines whose gradients the nodes compute.</summary>
    public IEngineFactory Engines
    {
        get;
        init => field = There(nameof(Engines), value);
    } = AnalyticEngines.Small();

    /// <summary>HOCON over the nodes' defaults, such as <c>actortrain.worker.resend-after = 5s</c>.</summary>
    /// <exception cref="ActorTrainException">
    /// It is not well-formed, a key does not exist or is the job's, or a value cannot be.
    /// </exception>
    public string Settings
    {
        get;
        init => field = NodeSettings.Checked(value);
    } = "";

    /// <summary>Reads along on the lane; null for nobody.</summary>
    internal ILaneReader? Reader { get; init; }

    /// <summary>Virtual time after which a run that has not ended is given up, more than 0.</summary>
    /// <exception cref="ActorTrainException">It is 0 or less.</exception>
    public TimeSpan Limit
    {
        get;
        init => field = Checked.SomeTime("Simulation.Limit", value);
    } = TimeSpan.FromHours(10);

    /// <summary>With a node that holds the coordinator and a parameter shard.</summary>
    /// <param name="name">What it is called.</param>
    /// <exception cref="ActorTrainException">The name is empty, or taken.</exception>
    public Simulation WithSeed(string name = SeedName) =>
        WithNode(new NodePlan(name, [NodeRoles.Coordinator, NodeRoles.Server], Speed.Constant(1)));

    /// <summary>With a node.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">Its name is taken.</exception>
    public Simulation WithNode(NodePlan node) =>
        Nodes.Any(other => other.Name == Checked.There("WithNode: node", node, "a NodePlan").Name)
            ? throw Taken(node.Name)
            : this with
            {
                Nodes = [.. Nodes, node],
            };

    /// <summary>
    /// With workers: <c>worker-1</c>, <c>worker-2</c>, …, going on from those that are there, past names that
    /// are taken.
    /// </summary>
    /// <param name="count">How many, 1 or more.</param>
    /// <param name="speed">How fast each is.</param>
    /// <exception cref="ActorTrainException">There is none.</exception>
    public Simulation WithWorkers(int count, Speed speed)
    {
        Checked.Number("WithWorkers: count", count, Bounds.AtLeast(1));
        var names = Nodes.Select(node => node.Name).ToHashSet();
        var workers = Nodes.Count(node => node.Roles.Contains(NodeRoles.Worker));
        var added = Enumerable
            .Range(0, count)
            .Select(_ => new NodePlan(NextWorker(ref workers, names.Contains), [NodeRoles.Worker], speed));
        return this with { Nodes = [.. Nodes, .. added] };
    }

    /// <summary>With all links alike.</summary>
    /// <param name="latency">Time from one node to another, 0 or more.</param>
    /// <param name="bytesPerSecond">What one link carries, in one direction, 1 or more; infinity is no limit.</param>
    /// <exception cref="ActorTrainException">One of them cannot be.</exception>
    public Simulation WithLinks(TimeSpan latency, double bytesPerSecond) =>
        this with
        {
            Links = Links with
            {
                Latency = Checked.Time("WithLinks: latency", latency),
                BytesPerSecond = Checked.BytesPerSecond("WithLinks: bytesPerSecond", bytesPerSecond),
            },
        };

    /// <summary>
    /// With one link that is different, in both directions; of two between the same nodes the later counts.
    /// </summary>
    /// <param name="one">A node.</param>
    /// <param name="other">Another node.</param>
    /// <param name="latency">Time from one to the other, 0 or more.</param>
    /// <param name="bytesPerSecond">What the link carries, in one direction, 1 or more; infinity is no limit.</param>
    /// <exception cref="ActorTrainException">
    /// One of them cannot be; nodes that are not there are found at the start.
    /// </exception>
    public Simulation WithLink(string one, string other, TimeSpan latency, double bytesPerSecond)
    {
        if (Checked.Node("WithLink: one", one) == Checked.Node("WithLink: other", other))
            throw Checked.Wrong("WithLink: other", $"'{other}' as well", "another node than one");
        return this with
        {
            Links = Links with
            {
                Links =
                [
                    .. Links.Links,
                    (
                        one,
                        other,
                        Checked.Time("WithLink: latency", latency),
                        Checked.BytesPerSecond("WithLink: bytesPerSecond", bytesPerSecond)
                    ),
                ],
            },
        };
    }

    /// <summary>Something happens.</summary>
    /// <param name="seconds">Seconds from the beginning, 0 or more.</param>
    /// <param name="fault">What.</param>
    /// <exception cref="ActorTrainException">
    /// There is no such time; nodes that are not there are found at the start.
    /// </exception>
    public Simulation At(double seconds, Fault fault)
    {
        var given = Checked.Number("At: seconds", seconds, Bounds.Between(0, MostSeconds));
        // To the nearest tick: the time that code writes down is the same again when it is read.
        var at = TimeSpan.FromTicks((long)Math.Round(given * TimeSpan.TicksPerSecond));
        return this with { Script = [.. Script, (at, Checked.There("At: fault", fault, AFault))] };
    }

    /// <summary>Runs a job to its end.</summary>
    /// <param name="job">The job.</param>
    /// <returns>All that can be known of it; also of one that failed, or did not end.</returns>
    /// <exception cref="ActorTrainException">
    /// The cluster, its script and its links do not fit together, or the job's options are none that it could have.
    /// </exception>
    public SimulationResult Run(JobOptions job)
    {
        var check = new SimulationCheck(this);
        check.Check();
        check.CheckWorkers();
        using var run = Start(job);
        return run.ToEnd();
    }

    /// <summary>Starts a job, to be moved on step by step.</summary>
    /// <param name="job">The job.</param>
    /// <exception cref="ActorTrainException">
    /// The cluster, its script and its links do not fit together, or the job's options are none that it could have.
    /// </exception>
    public SimulatedRun Start(JobOptions job)
    {
        new SimulationCheck(this).Check();
        JobOptionsReader.Check(Checked.There("The simulation's job", job, "options, such as JobOptionsReader.Read()"));
        return new(this, job);
    }

    /// <summary>
    /// The C# that makes this simulation. <see cref="SimulationResult.ToCode"/> is the whole run, with the job and what
    /// it uses.
    /// </summary>
    public string ToCode() => SimulationCode.Of(this);

    /// <summary>The name of a worker that joins: the next number whose name is not taken.</summary>
    internal static string NextWorker(ref int workers, Predicate<string> isTaken)
    {
        while (isTaken(WorkerName(++workers))) { }
        return WorkerName(workers);
    }

    /// <summary>The error about a name that another node has.</summary>
    internal static ActorTrainException Taken(string name) =>
        new($"The simulation has a node '{name}' already; every name must be its own.");

    private const string AFault = "a fault, such as Fault.Kill(\"worker-1\")";

    private static T There<T>(string what, T? value)
        where T : class => Checked.There($"Simulation.{what}", value, "left out, or be given");

    private static IReadOnlyList<T> All<T>(string what, IReadOnlyList<T>? values) =>
        There(what, values).All(value => value is not null)
            ? values!
            : throw Checked.Wrong($"Simulation.{what}", "null in one place", "without null");

    private static string WorkerName(int number) => FormattableString.Invariant($"worker-{number}");
}
