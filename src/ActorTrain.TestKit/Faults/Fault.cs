using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Faults;

/// <summary>Something that is done to a simulated cluster. Its text is the C# that makes it.</summary>
public abstract record Fault
{
    /// <summary>What an engine throws that fails by a script.</summary>
    internal const string ScriptedReason = "the simulation's script says so";

    private Fault() { }

    /// <summary>A node's process is killed: what it held is gone, and nobody is told.</summary>
    /// <param name="node">The node.</param>
    public static Fault Kill(string node) => new KillFault(node);

    /// <summary>A node that was killed, or has left, starts again.</summary>
    /// <param name="node">The node.</param>
    public static Fault Restart(string node) => new RestartFault(node);

    /// <summary>A node's process stands still.</summary>
    /// <param name="node">The node.</param>
    public static Fault Freeze(string node) => new FreezeFault(node);

    /// <summary>A node that stands still goes on.</summary>
    /// <param name="node">The node.</param>
    public static Fault Thaw(string node) => new ThawFault(node);

    /// <summary>A node computes more slowly, or as fast as it can again.</summary>
    /// <param name="node">The node.</param>
    /// <param name="to">The part of its speed that is left, above 0 to 1.</param>
    public static Fault Slow(string node, double to) => new SlowFault(node, to);

    /// <summary>Some nodes are cut off from all others, but not from each other.</summary>
    /// <param name="nodes">The nodes.</param>
    public static Fault Cut(params string[] nodes) => new CutFault(nodes);

    /// <summary>All cuts are healed.</summary>
    public static Fault Heal() => new HealFault();

    /// <summary>A node leaves in order.</summary>
    /// <param name="node">The node.</param>
    public static Fault Leave(string node) => new LeaveFault(node);

    /// <summary>Further workers join.</summary>
    /// <param name="count">How many.</param>
    /// <param name="speed">How fast each is.</param>
    public static Fault Join(int count, Speed speed) => new JoinFault(count, speed);

    /// <summary>A node's engine throws at its next gradient.</summary>
    /// <param name="node">The node.</param>
    public static Fault FailEngine(string node) => new FailEngineFault(node);

    /// <summary>A node's next gradients are no numbers.</summary>
    /// <param name="node">The node.</param>
    /// <param name="gradients">How many of them.</param>
    public static Fault NotFinite(string node, int gradients) => new NotFiniteFault(node, gradients);

    /// <summary>What happens, in the words of a script, such as <c>kill worker-3</c>.</summary>
    public abstract string Words { get; }

    internal abstract void Happen(SimulatedRun run);

    private protected static string Quoted(string text) => $"\"{text}\"";

    private sealed record KillFault(string Node) : Fault
    {
        public override string Words => $"kill {Node}";

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, run.Membership.Killed);

        public override string ToString() => $"Fault.Kill({Quoted(Node)})";
    }

    private sealed record RestartFault(string Node) : Fault
    {
        public override string Words => $"restart {Node}";

        internal override void Happen(SimulatedRun run) => run.Restart(Node);

        public override string ToString() => $"Fault.Restart({Quoted(Node)})";
    }

    private sealed record FreezeFault(string Node) : Fault
    {
        public override string Words => $"freeze {Node}";

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, node =>
        {
            node.Freeze();
            run.Membership.Changed();
        });

        public override string ToString() => $"Fault.Freeze({Quoted(Node)})";
    }

    private sealed record ThawFault(string Node) : Fault
    {
        public override string Words => $"thaw {Node}";

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, node =>
        {
            node.Thaw();
            run.Membership.Thawed(node);
        });

        public override string ToString() => $"Fault.Thaw({Quoted(Node)})";
    }

    private sealed record SlowFault(string Node, double To) : Fault
    {
        public override string Words => FormattableString.Invariant($"slow {Node} to {To}");

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, node => node.Throttle = To);

        public override string ToString() => FormattableString.Invariant($"Fault.Slow({Quoted(Node)}, to: {To})");
    }

    private sealed record CutFault(IReadOnlyList<string> Nodes) : Fault
    {
        public override string Words => $"cut {string.Join(' ', Nodes)}";

        internal override void Happen(SimulatedRun run)
        {
            run.World.Network.Cut(Nodes);
            run.Membership.Changed();
        }

        public override string ToString() => $"Fault.Cut({string.Join(", ", Nodes.Select(Quoted))})";
    }

    private sealed record HealFault : Fault
    {
        public override string Words => "heal";

        internal override void Happen(SimulatedRun run)
        {
            run.World.Network.Heal();
            run.Membership.Changed();
        }

        public override string ToString() => "Fault.Heal()";
    }

    private sealed record LeaveFault(string Node) : Fault
    {
        public override string Words => $"leave {Node}";

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, run.Leave);

        public override string ToString() => $"Fault.Leave({Quoted(Node)})";
    }

    private sealed record JoinFault(int Count, Speed Speed) : Fault
    {
        public override string Words => FormattableString.Invariant($"join {Count} at {Speed.Words}");

        internal override void Happen(SimulatedRun run) => run.Join(Count, Speed);

        public override string ToString() => $"Fault.Join({Count}, {Speed})";
    }

    private sealed record FailEngineFault(string Node) : Fault
    {
        public override string Words => $"fail-engine {Node}";

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, node => node.Fails = ScriptedReason);

        public override string ToString() => $"Fault.FailEngine({Quoted(Node)})";
    }

    private sealed record NotFiniteFault(string Node, int Gradients) : Fault
    {
        public override string Words => FormattableString.Invariant($"not-finite {Node} {Gradients}");

        internal override void Happen(SimulatedRun run) => run.IfThere(Node, node => node.NotFinite = Gradients);

        public override string ToString() => $"Fault.NotFinite({Quoted(Node)}, {Gradients})";
    }
}
