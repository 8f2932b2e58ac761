using ActorTrain.TestKit.Time;

namespace ActorTrain.TestKit.Nodes;

/// <summary>
/// One process of a node. A restarted node is another object.
/// </summary>
/// <param name="world">The simulation.</param>
/// <param name="plan">The node's plan.</param>
/// <param name="seed">Seed of its random numbers.</param>
internal sealed class SimulatedNode(World world, NodePlan plan, long seed)
{
    private SplitMix64 _random = new(seed);
    private ulong _gradients = new SplitMix64(SplitMix64.Mix(seed, 1, 0)).Next();
    private readonly Dictionary<string, SimulatedDispatcher> _dispatchers = [];
    private readonly List<SimulatedEvent> _held = [];
    private TimeSpan _frozenAt;
    private TimeSpan _frozenBefore;

    public World World => world;

    public NodePlan Plan => plan;

    public string Name => plan.Name;

    /// <summary>The watchers of its actors on other nodes.</summary>
    public Watches Watches { get; } = new();

    public bool IsDead { get; private set; }

    /// <summary>Whether it was removed from the cluster: no node receives its messages any more.</summary>
    public bool WasRemoved { get; set; }

    public bool IsFrozen { get; private set; }

    /// <summary>How long it was frozen in all.</summary>
    public TimeSpan FrozenFor => IsFrozen ? _frozenBefore + (world.Time.Now - _frozenAt) : _frozenBefore;

    /// <summary>Its speed as a part of its full speed.</summary>
    public double Throttle { get; set; } = 1;

    /// <summary>How many of its next gradients are not finite.</summary>
    public int NonFiniteGradients { get; set; }

    /// <summary>Message of the engine's failure at the next gradient; null for no failure.</summary>
    public string? EngineFailure { get; set; }

    /// <summary>Time that the next gradient takes.</summary>
    public TimeSpan GradientTime(int samples)
    {
        var draw = new Speed.Draw((_random.Next() >> 11) * (1.0 / (1L << 53)), _gradients++);
        var time = plan.Speed.TimeFor(samples, world.Now, draw);
        return Throttle == 1 ? time : Speed.ToTime(time.TotalSeconds / Throttle);
    }

    public SimulatedDispatcher DispatcherOf(string id, Func<SimulatedDispatcher> create)
    {
        if (!_dispatchers.TryGetValue(id, out var dispatcher))
            _dispatchers.Add(id, dispatcher = create());
        return dispatcher;
    }

    public void Freeze()
    {
        if (IsFrozen)
            return;
        (IsFrozen, _frozenAt) = (true, world.Time.Now);
    }

    public void Thaw()
    {
        if (!IsFrozen)
            return;
        _frozenBefore = FrozenFor;
        IsFrozen = false;
        var held = _held.ToArray();
        _held.Clear();
        foreach (var pending in held)
            world.Time.Schedule(world.Time.Now, pending);
    }

    /// <summary>Keeps an event until the node is thawed.</summary>
    public void Hold(SimulatedEvent pending) => _held.Add(pending);

    /// <summary>Ends its events, except those that stop its actors.</summary>
    public void Die()
    {
        IsDead = true;
        Thaw();
        world.Network.Forget(this);
    }
}
