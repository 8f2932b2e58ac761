using ActorTrain.Settings;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Replaying;

namespace ActorTrain.TestKit.Faults;

/// <summary>Something that is done to a simulated cluster. Its text is the C# that makes it.</summary>
public abstract record Fault
{
    /// <summary>What an engine throws that fails by a script.</summary>
    internal const string ScriptedReason = "the simulation's script says so";

    private Fault() { }

    /// <summary>A node's process is killed: what it held is gone, and nobody is told.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Kill(string node) => new KillFault(Name(nameof(Kill), node));

    /// <summary>A node that was killed, or has left, starts again.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Restart(string node) => new RestartFault(Name(nameof(Restart), node));

    /// <summary>A node's process stands still.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Freeze(string node) => new FreezeFault(Name(nameof(Freeze), node));

    /// <summary>A node that stands still goes on.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault Thaw(string node) => new ThawFault(Name(nameof(Thaw), node));

    /// <summary>A node computes more slowly, or as fast as it can again.</summary>
    /// <param name="node">The node.</param>
    /// <param name="to">The part of its speed that is left, above 0 to 1.</param>
    /// <exception cref="ActorTrainException">The name is empty, or the part is no such number.</exception>
    public static Fault Slow(string node, double to) =>
        new SlowFault(Name(nameof(Slow), node), Checked.Number("Fault.Slow: to", to, Bounds.AboveUpTo(0, 1)));

    /// <summary>Some nodes are cut off from all others, but not from each other.</summary>
    /// <param name="nodes">The nodes; one at least.</param>
    /// <exception cref="ActorTrainException">There is none, or a name is empty.</exception>
    public static Fault Cut(params string[] nodes) =>
        nodes is { Length: > 0 }
            ? new CutFault([.. nodes.Select(node => Name(nameof(Cut), node))])
            : throw Checked.Wrong("What Fault.Cut takes", "empty", "the names of one node or more");

    /// <summary>All cuts are healed.</summary>
    public static Fault Heal() => new HealFault();

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
            Checked.There("Fault.Join: speed", speed, "a speed, such as Speed.Constant(1000)")
        );

    /// <summary>A node's engine throws at its next gradient.</summary>
    /// <param name="node">The node.</param>
    /// <exception cref="ActorTrainException">The name is empty.</exception>
    public static Fault FailEngine(string node) => new FailEngineFault(Name(nameof(FailEngine), node));

    /// <summary>A node's next gradients are no numbers.</summary>
    /// <param name="node">The node.</param>
    /// <param name="gradients">How many of them, 1 or more.</param>
    /// <exception cref="ActorTrainException">The name is empty, or there is no gradient.</exception>
    public static Fault NotFinite(string node, int gradients) =>
        new NotFiniteFault(
            Name(nameof(NotFinite), node),
            Checked.Number("Fault.NotFinite: gradients", gradients, Bounds.AtLeast(1))
        );

    /// <summary>What happens, in the words of a script, such as <c>kill worker-3</c>.</summary>
    public abstract string Words { get; }

    internal abstract void Happen(SimulatedRun run);

    /// <summary>The nodes that it is about.</summary>
    internal virtual IReadOnlyList<string> Nodes => [];

    /// <summary>How many workers join by it.</summary>
    internal virtual int Joining => 0;

    /// <summary>The trouble that begins with it and goes on, in any words; null for one that is over at once.</summary>
    internal virtual string? Begins => null;

    /// <summary>The trouble that it ends, in the same words; null for none.</summary>
    internal virtual string? Ends => null;

    private static string Name(string fault, string node) => Checked.Node($"Fault.{fault}: node", node);

    private const string Apart = "apart";

    private static string Down(string node) => $"down {node}";

    private static string Still(string node) => $"still {node}";

    private abstract record OfNode(string Node) : Fault
    {
        internal sealed override IReadOnlyList<string> Nodes => [Node];
    }

    private sealed record KillFault(string Node) : OfNode(Node)
    {
        internal override string? Begins => Down(Node);

        public override string Words => $"kill {Node}";

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, run.Membership.Killed);

        public override string ToString() => $"Fault.Kill({CSharp.Of(Node)})";
    }

    private sealed record RestartFault(string Node) : OfNode(Node)
    {
        internal override string? Ends => Down(Node);

        public override string Words => $"restart {Node}";

        internal override void Happen(SimulatedRun run) => run.Restart(Node);

        public override string ToString() => $"Fault.Restart({CSharp.Of(Node)})";
    }

    private sealed record FreezeFault(string Node) : OfNode(Node)
    {
        internal override string? Begins => Still(Node);

        public override string Words => $"freeze {Node}";

        internal override void Happen(SimulatedRun run) =>
            run.IfThere(
                Node,
                node =>
                {
                    node.Freeze();
                    run.Membership.Changed();
                }
            );

        public override string ToString() => $"Fault.Freeze({CSharp.Of(Node)})";
    }

    private sealed record ThawFault(string Node) : OfNode(Node)
    {
        internal override string? Ends => Still(Node);

        public override string Words => $"thaw {Node}";

        internal override void Happen(SimulatedRun run) =>
            run.IfThere(
                Node,
                node =>
                {
                    node.Thaw();
                    run.Membership.Thawed(node);
                }
            );

        public override string ToString() => $"Fault.Thaw({CSharp.Of(Node)})";
    }

    private sealed record SlowFault(string Node, double To) : OfNode(Node)
    {
        public override string Words => FormattableString.Invariant($"slow {Node} to {To}");

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, node => node.Throttle = To);

        public override string ToString() => $"Fault.Slow({CSharp.Of(Node)}, to: {CSharp.Of(To)})";
    }

    private sealed record CutFault(IReadOnlyList<string> Cutting) : Fault
    {
        internal override string? Begins => Apart;

        internal override IReadOnlyList<string> Nodes => Cutting;

        public override string Words => $"cut {string.Join(' ', Cutting)}";

        internal override void Happen(SimulatedRun run)
        {
            run.World.Network.Cut(Cutting);
            run.Membership.Changed();
        }

        public override string ToString() => $"Fault.Cut({CSharp.Listed(Cutting)})";
    }

    private sealed record HealFault : Fault
    {
        internal override string? Ends => Apart;

        public override string Words => "heal";

        internal override void Happen(SimulatedRun run)
        {
            run.World.Network.Heal();
            run.Membership.Changed();
        }

        public override string ToString() => "Fault.Heal()";
    }

    private sealed record LeaveFault(string Node) : OfNode(Node)
    {
        internal override string? Begins => Down(Node);

        public override string Words => $"leave {Node}";

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, run.Leave);

        public override string ToString() => $"Fault.Leave({CSharp.Of(Node)})";
    }

    private sealed record JoinFault(int Count, Speed Speed) : Fault
    {
        internal override int Joining => Count;

        public override string Words => FormattableString.Invariant($"join {Count} at {Speed.Words}");

        internal override void Happen(SimulatedRun run) => run.Join(Count, Speed);

        public override string ToString() => $"Fault.Join({Count}, {Speed})";
    }

    private sealed record FailEngineFault(string Node) : OfNode(Node)
    {
        public override string Words => $"fail-engine {Node}";

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, node => node.Fails = ScriptedReason);

        public override string ToString() => $"Fault.FailEngine({CSharp.Of(Node)})";
    }

    private sealed record NotFiniteFault(string Node, int Gradients) : OfNode(Node)
    {
        public override string Words => FormattableString.Invariant($"not-finite {Node} {Gradients}");

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, node => node.NotFinite = Gradients);

        public override string ToString() => $"Fault.NotFinite({CSharp.Of(Node)}, {Gradients})";
    }
}
