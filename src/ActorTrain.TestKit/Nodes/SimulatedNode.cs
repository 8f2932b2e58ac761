using ActorTrain.TestKit.Time;

namespace ActorTrain.TestKit.Nodes;

/// <summary>
/// One process of a node, from its start until it is no more: when the node starts again, it is another.
/// </summary>
/// <param name="world">The simulation.</param>
/// <param name="plan">What the node is.</param>
/// <param name="seed">Seeds what is random on it.</param>
internal sealed class SimulatedNode(World world, NodePlan plan, long seed)
{
    private SplitMix64 _random = new(seed);
    private ulong _gradients = new SplitMix64(SplitMix64.Mix(seed, 1, 0)).Next();
    private readonly Dictionary<string, SimulatedDispatcher> _dispatchers = [];
    private readonly List<Happening> _held = [];
    private TimeSpan _frozenAt;
    private TimeSpan _frozenBefore;

    public World World => world;

    public NodePlan Plan => plan;

    public string Name => plan.Name;

    /// <summary>Who watches its actors.</summary>
    public Watches Watches { get; } = new();

    public bool IsDead { get; private set; }

    /// <summary>Whether it was taken out of the cluster: nobody hears it any more.</summary>
    public bool IsOut { get; set; }

    public bool IsFrozen { get; private set; }

    /// <summary>How long it has stood still in all.</summary>
    public TimeSpan FrozenFor => IsFrozen ? _frozenBefore + (world.Time.Now - _frozenAt) : _frozenBefore;

    /// <summary>Its speed as a part of what it could be.</summary>
    public double Throttle { get; set; } = 1;

    /// <summary>Gradients that are to come out as no numbers.</summary>
    public int NotFinite { get; set; }

    /// <summary>Why the engine is to fail at the next gradient; null when it is not.</summary>
    public string? Fails { get; set; }

    /// <summary>Time that a gradient takes now.</summary>
    public TimeSpan GradientTime(int samples)
    {
        var draw = new Speed.Draw((_random.Next() >> 11) * (1.0 / (1L << 53)), _gradients++);
        var time = plan.Speed.For(samples, world.Now, draw);
        return Throttle == 1 ? time : Speed.Time(time.TotalSeconds / Throttle);
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
        foreach (var happening in held)
            world.Time.At(world.Time.Now, happening);
    }

    /// <summary>Keeps what would happen now until it goes on.</summary>
    public void Hold(Happening happening) => _held.Add(happening);

    /// <summary>Nothing happens on it any more, but that its actors end.</summary>
    public void Die()
    {
        IsDead = true;
        Thaw();
        world.Network.Forget(this);
    }
}
