using ActorTrain.Settings;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Replaying;

namespace ActorTrain.TestKit.Faults;

/// <summary>A fault in a simulated cluster. Its <see cref="object.ToString"/> is the C# that creates it.</summary>
public abstract record Fault
{
    /// <summary>Message of the exception of an engine that fails by a script.</summary>
    internal const string ScriptedReason = "the simulation's script says so";

    private Fault() { }

    /// <summary>A node's process is killed: its state is lost, and no other node is notified.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Kill(string node) => new KillFault(Name(nameof(Kill), node));

    /// <summary>A node that was killed or has left restarts; one that still leaves, when it has gone.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Restart(string node) => new RestartFault(Name(nameof(Restart), node));

    /// <summary>A node's process is suspended.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Freeze(string node) => new FreezeFault(Name(nameof(Freeze), node));

    /// <summary>A suspended process resumes.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Thaw(string node) => new ThawFault(Name(nameof(Thaw), node));

    /// <summary>A node computes more slowly, or at full speed again.</summary>
    /// <param name="node">The node.</param>
    /// <param name="to">The part of its speed that is left, above 0 to 1.</param>
    /// <exception cref="ActorTrainException">The name is empty, or the part is out of range.</exception>
    public static Fault Slow(string node, double to) =>
        new SlowFault(Name(nameof(Slow), node), Checked.Number("Fault.Slow: to", to, Bounds.AboveUpTo(0, 1)));

    /// <summary>Some nodes are cut off from all others, but not from each other.</summary>
    /// <param name="nodes">The nodes; one at least.</param>
    /// <exception cref="ActorTrainException">There is none, or a name is empty.</exception>
    public static Fault Partition(params string[] nodes) =>
        nodes is { Length: > 0 }
            ? new PartitionFault([.. nodes.Select(node => Name(nameof(Partition), node))])
            : throw Checked.Error("What Fault.Partition takes", "empty", "the names of one node or more");

    /// <summary>All partitions are healed.</summary>
    public static Fault HealPartition() => new HealFault();

    /// <summary>All nodes are killed at one time, and none starts until <see cref="RestorePower"/>. What a job with
    /// checkpoints has on their disks stays.</summary>
    public static Fault CutPower() => new CutPowerFault();

    /// <summary>All nodes restart after <see cref="CutPower"/>.</summary>
    public static Fault RestorePower() => new RestorePowerFault();

    /// <summary>A node leaves in order.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Leave(string node) => new LeaveFault(Name(nameof(Leave), node));

    /// <summary>Further workers join.</summary>
    /// <param name="count">How many, 1 or more.</param>
    /// <param name="speed">How fast each is.</param>
    /// <exception cref="ActorTrainException">There is none, or no speed.</exception>
    public static Fault Join(int count, Speed speed) =>
        new JoinFault(
            Checked.Number("Fault.Join: count", count, Bounds.AtLeast(1)),
            Checked.NotNull("Fault.Join: speed", speed, "a speed, such as Speed.Constant(1000)")
        );

    /// <summary>A node's engine throws at its next gradient.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault FailEngine(string node) => new FailEngineFault(Name(nameof(FailEngine), node));

    /// <summary>A node's next gradients are not finite.</summary>
    /// <param name="node">The node.</param>
    /// <param name="gradients">How many of them, 1 or more.</param>
    /// <exception cref="ActorTrainException">The name is empty, or there is no gradient.</exception>
    public static Fault NotFinite(string node, int gradients) =>
        new NotFiniteFault(
            Name(nameof(NotFinite), node),
            Checked.Number("Fault.NotFinite: gradients", gradients, Bounds.AtLeast(1))
        );

    /// <summary>The fault as a script writes it, such as <c>kill worker-3</c>.</summary>
    public abstract string Words { get; }

    internal abstract void Apply(SimulatedCluster cluster);

    /// <summary>The nodes that it names.</summary>
    internal virtual IReadOnlyList<string> Nodes => [];

    /// <summary>Number of workers that it adds.</summary>
    internal virtual int Joining => 0;

    /// <summary>A key of the trouble that begins with it; null for a fault that does not last.</summary>
    internal virtual string? Begins => null;

    /// <summary>The key of the trouble that it ends; null for none.</summary>
    internal virtual string? Ends => null;

    private static string Name(string fault, string node) => Checked.Node($"Fault.{fault}: node", node);

    private const string CutTrouble = "apart";

    private const string PowerTrouble = "dark";

    private static string DownTrouble(string node) => $"down {node}";

    private static string FrozenTrouble(string node) => $"still {node}";

    private abstract record NodeFault(string Node) : Fault
    {
        internal sealed override IReadOnlyList<string> Nodes => [Node];
    }

    private sealed record KillFault(string Node) : NodeFault(Node)
    {
        internal override string? Begins => DownTrouble(Node);

        public override string Words => $"kill {Node}";

        internal override void Apply(SimulatedCluster cluster) =>
            cluster.IfRunning(Node, cluster.Membership.NodeKilled);

        public override string ToString() => $"Fault.Kill({CSharp.Literal(Node)})";
    }

    private sealed record RestartFault(string Node) : NodeFault(Node)
    {
        internal override string? Ends => DownTrouble(Node);

        public override string Words => $"restart {Node}";

        internal override void Apply(SimulatedCluster cluster) => cluster.Restart(Node);

        public override string ToString() => $"Fault.Restart({CSharp.Literal(Node)})";
    }

    private sealed record FreezeFault(string Node) : NodeFault(Node)
    {
        internal override string? Begins => FrozenTrouble(Node);

        public override string Words => $"freeze {Node}";

        internal override void Apply(SimulatedCluster cluster) =>
            cluster.IfRunning(
                Node,
                node =>
                {
                    node.Freeze();
                    cluster.Membership.ReachabilityChanged();
                }
            );

        public override string ToString() => $"Fault.Freeze({CSharp.Literal(Node)})";
    }

    private sealed record ThawFault(string Node) : NodeFault(Node)
    {
        internal override string? Ends => FrozenTrouble(Node);

        public override string Words => $"thaw {Node}";

        internal override void Apply(SimulatedCluster cluster) =>
            cluster.IfRunning(
                Node,
                node =>
                {
                    node.Thaw();
                    cluster.Membership.NodeThawed(node);
                }
            );

        public override string ToString() => $"Fault.Thaw({CSharp.Literal(Node)})";
    }

    private sealed record SlowFault(string Node, double To) : NodeFault(Node)
    {
        public override string Words => FormattableString.Invariant($"slow {Node} to {To}");

        internal override void Apply(SimulatedCluster cluster) => cluster.IfRunning(Node, node => node.Throttle = To);

        public override string ToString() => $"Fault.Slow({CSharp.Literal(Node)}, to: {CSharp.Literal(To)})";
    }

    private sealed record PartitionFault(IReadOnlyList<string> CutOff) : Fault
    {
        internal override string? Begins => CutTrouble;

        internal override IReadOnlyList<string> Nodes => CutOff;

        public override string Words => $"partition {string.Join(' ', CutOff)}";

        internal override void Apply(SimulatedCluster cluster)
        {
            cluster.World.Network.Cut(CutOff);
            cluster.Membership.ReachabilityChanged();
        }

        public override string ToString() => $"Fault.Partition({CSharp.Listed(CutOff)})";
    }

    private sealed record HealFault : Fault
    {
        internal override string? Ends => CutTrouble;

        public override string Words => "heal-partition";

        internal override void Apply(SimulatedCluster cluster)
        {
            cluster.World.Network.Heal();
            cluster.Membership.ReachabilityChanged();
        }

        public override string ToString() => "Fault.HealPartition()";
    }

    private sealed record CutPowerFault : Fault
    {
        internal override string? Begins => PowerTrouble;

        public override string Words => "cut-power";

        internal override void Apply(SimulatedCluster cluster) => cluster.CutPower();

        public override string ToString() => "Fault.CutPower()";
    }

    private sealed record RestorePowerFault : Fault
    {
        internal override string? Ends => PowerTrouble;

        public override string Words => "restore-power";

        internal override void Apply(SimulatedCluster cluster) => cluster.RestorePower();

        public override string ToString() => "Fault.RestorePower()";
    }

    private sealed record LeaveFault(string Node) : NodeFault(Node)
    {
        internal override string? Begins => DownTrouble(Node);

        public override string Words => $"leave {Node}";

        internal override void Apply(SimulatedCluster cluster) => cluster.IfRunning(Node, cluster.Leave);

        public override string ToString() => $"Fault.Leave({CSharp.Literal(Node)})";
    }

    private sealed record JoinFault(int Count, Speed Speed) : Fault
    {
        internal override int Joining => Count;

        public override string Words => FormattableString.Invariant($"join {Count} at {Speed.Words}");

        internal override void Apply(SimulatedCluster cluster) => cluster.Join(Count, Speed);

        public override string ToString() => $"Fault.Join({Count}, {Speed})";
    }

    private sealed record FailEngineFault(string Node) : NodeFault(Node)
    {
        public override string Words => $"fail-engine {Node}";

        internal override void Apply(SimulatedCluster cluster) =>
            cluster.IfRunning(Node, node => node.EngineFailure = ScriptedReason);

        public override string ToString() => $"Fault.FailEngine({CSharp.Literal(Node)})";
    }

    private sealed record NotFiniteFault(string Node, int Gradients) : NodeFault(Node)
    {
        public override string Words => FormattableString.Invariant($"not-finite {Node} {Gradients}");

        internal override void Apply(SimulatedCluster cluster) =>
            cluster.IfRunning(Node, node => node.NonFiniteGradients = Gradients);

        public override string ToString() => $"Fault.NotFinite({CSharp.Literal(Node)}, {Gradients})";
    }
}
