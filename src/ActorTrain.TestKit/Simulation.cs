using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Replaying;

namespace ActorTrain.TestKit;

/// <summary>
/// A whole cluster in virtual time, on one thread. The coordinator, shards, workers and supervisors are the real ones;
/// the clock, the membership, the network and the time of a gradient are simulated. The same seed gives the same run,
/// bit for bit.
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
/// <param name="Seed">Seeds the order of simultaneous events, and all random numbers of the nodes.</param>
public sealed record Simulation(long Seed)
{
    /// <summary>The name of the node that <see cref="WithSeed"/> adds.</summary>
    public const string SeedName = "seed";

    // A time in ticks has to fit into a double.
    private const double MostSeconds = 1e8;

    /// <summary>The initial nodes.</summary>
    public IReadOnlyList<NodePlan> Nodes
    {
        get;
        init => field = All(nameof(Nodes), value);
    } = [];

    /// <summary>The faults and their times.</summary>
    /// <exception cref="ActorTrainException">A time is negative.</exception>
    public IReadOnlyList<(TimeSpan At, Fault Fault)> Script
    {
        get;
        init
        {
            foreach (var (at, fault) in All(nameof(Script), value))
                (_, _) = (
                    Checked.Time("Simulation.Script: At", at),
                    Checked.NotNull("Simulation.Script: Fault", fault, FaultExample)
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

    /// <summary>The time that a shard takes for a push.</summary>
    public CostOptions Costs
    {
        get;
        init => field = There(nameof(Costs), value);
    } = CostOptions.Default;

    /// <summary>How long the membership takes.</summary>
    public MembershipTimes Times
    {
        get;
        init => field = There(nameof(Times), value);
    } = new();

    /// <summary>Creates the engines that compute the nodes' gradients.</summary>
    public IEngineFactory Engines
    {
        get;
        init => field = There(nameof(Engines), value);
    } = AnalyticEngines.Small();

    /// <summary>The staleness policies, consistency models and optimizers that jobs may name.</summary>
    public Algorithms Algorithms
    {
        get;
        init => field = There(nameof(Algorithms), value);
    } = new();

    /// <summary>HOCON that overrides the nodes' defaults, such as <c>actortrain.worker.resend-after = 5s</c>.</summary>
    /// <exception cref="ActorTrainException">
    /// It is not well-formed, a key does not exist or is the job's, or a value is not valid.
    /// </exception>
    public string Settings
    {
        get;
        init => field = NodeSettings.Check(value);
    } = "";

    /// <summary>Reads all messages of the lane; null for none.</summary>
    internal ILaneReader? Reader { get; init; }

    /// <summary>Virtual time after which a run that has not ended is stopped, more than 0.</summary>
    /// <exception cref="ActorTrainException">It is 0 or less.</exception>
    public TimeSpan Limit
    {
        get;
        init => field = Checked.PositiveTime("Simulation.Limit", value);
    } = TimeSpan.FromHours(10);

    /// <summary>Adds a node that hosts the coordinator and parameter shards.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ActorTrainException">The name is empty, or taken.</exception>
    public Simulation WithSeed(string name = SeedName) =>
        WithNode(new NodePlan(name, [NodeRoles.Coordinator, NodeRoles.Server], Speed.Constant(1)));

    /// <summary>Adds a node.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">Its name is taken.</exception>
    public Simulation WithNode(NodePlan node) =>
        Nodes.Any(other => other.Name == Checked.NotNull("WithNode: node", node, "a NodePlan").Name)
            ? throw SimulationCheck.NameTaken(node.Name)
            : this with
            {
                Nodes = [.. Nodes, node],
            };

    /// <summary>
    /// Adds workers <c>worker-1</c>, <c>worker-2</c>, …, numbered after the existing workers; names that are taken are
    /// skipped.
    /// </summary>
    /// <param name="count">How many, 1 or more.</param>
    /// <param name="speed">How fast each is.</param>
    /// <exception cref="ActorTrainException">The count is below 1, or there is no speed.</exception>
    public Simulation WithWorkers(int count, Speed speed)
    {
        Checked.Number("WithWorkers: count", count, Bounds.AtLeast(1));
        var names = Nodes.Select(node => node.Name).ToHashSet();
        var workers = Nodes.Count(node => node.Roles.Contains(NodeRoles.Worker));
        var added = Enumerable
            .Range(0, count)
            .Select(_ => new NodePlan(WorkerNames.Next(ref workers, names.Contains), [NodeRoles.Worker], speed));
        return this with { Nodes = [.. Nodes, .. added] };
    }

    /// <summary>Sets the default of all links.</summary>
    /// <param name="latency">Time from one node to another, 0 or more.</param>
    /// <param name="bytesPerSecond">Bandwidth of one link, in one direction, 1 or more; infinity is no limit.</param>
    /// <exception cref="ActorTrainException">A value is out of range.</exception>
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
    /// Sets one link, in both directions; of two between the same nodes the later counts.
    /// </summary>
    /// <param name="one">A node.</param>
    /// <param name="other">Another node.</param>
    /// <param name="latency">Time from one to the other, 0 or more.</param>
    /// <param name="bytesPerSecond">Its bandwidth, in one direction, 1 or more; infinity is no limit.</param>
    /// <exception cref="ActorTrainException">
    /// A value is not valid. Nodes that do not exist are found at the start.
    /// </exception>
    public Simulation WithLink(string one, string other, TimeSpan latency, double bytesPerSecond)
    {
        if (Checked.Node("WithLink: one", one) == Checked.Node("WithLink: other", other))
            throw Checked.Error("WithLink: other", $"'{other}' as well", "another node than one");
        return this with
        {
            Links = Links.WithLink(
                one,
                other,
                Checked.Time("WithLink: latency", latency),
                Checked.BytesPerSecond("WithLink: bytesPerSecond", bytesPerSecond)
            ),
        };
    }

    /// <summary>Adds a fault to the script.</summary>
    /// <param name="seconds">Seconds from the beginning, 0 or more.</param>
    /// <param name="fault">The fault.</param>
    /// <exception cref="ActorTrainException">
    /// The time is out of range. Nodes that do not exist are found at the start.
    /// </exception>
    public Simulation At(double seconds, Fault fault)
    {
        var given = Checked.Number("At: seconds", seconds, Bounds.Between(0, MostSeconds));
        // To the nearest tick, so that a time written as code is the same when it is read.
        var at = TimeSpan.FromTicks((long)Math.Round(given * TimeSpan.TicksPerSecond));
        return this with { Script = [.. Script, (at, Checked.NotNull("At: fault", fault, FaultExample))] };
    }

    /// <summary>Runs a job to its end.</summary>
    /// <param name="job">The job.</param>
    /// <returns>Its result, also if it failed or did not end.</returns>
    /// <exception cref="ActorTrainException">
    /// The cluster, its script and its links do not match, or the job's options are not valid.
    /// </exception>
    public SimulationResult Run(JobOptions job)
    {
        var check = new SimulationCheck(this);
        check.Check();
        check.CheckWorkers();
        using var run = Start(job);
        return run.ToEnd();
    }

    /// <summary>Starts a job, to be advanced step by step.</summary>
    /// <param name="job">The job.</param>
    /// <exception cref="ActorTrainException">
    /// The cluster, its script and its links do not match, or the job's options are not valid.
    /// </exception>
    public SimulatedRun Start(JobOptions job)
    {
        new SimulationCheck(this).Check();
        Checked.NotNull("The simulation's job", job, "options, such as new JobOptions()");
        return AlgorithmChecks.RefusalOf(job, Algorithms) is { } refusal
            ? throw new ActorTrainException(refusal + ".")
            : new(this, job);
    }

    /// <summary>
    /// The C# that creates this simulation. <see cref="SimulationResult.ToCode"/> is the whole run, with job and
    /// usings.
    /// </summary>
    public string ToCode() => SimulationCode.Create(this);

    private const string FaultExample = "a fault, such as Fault.Kill(\"worker-1\")";

    private static T There<T>(string what, T? value)
        where T : class => Checked.NotNull($"Simulation.{what}", value, "left out, or be given");

    private static IReadOnlyList<T> All<T>(string what, IReadOnlyList<T>? values) =>
        There(what, values).All(value => value is not null)
            ? values!
            : throw Checked.Error($"Simulation.{what}", "null in one place", "without null");
}
