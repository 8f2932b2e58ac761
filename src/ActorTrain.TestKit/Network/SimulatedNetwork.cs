using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;

namespace ActorTrain.TestKit.Network;

/// <summary>
/// The links between all nodes. Each keeps the order of what it carries, one after the other by its bandwidth. What
/// meets a cut waits, as it does with TCP, until the cut is healed; what is on its way to or from a node that is no
/// more is lost.
/// </summary>
internal sealed class SimulatedNetwork(World world, NetworkOptions options)
{
    private readonly Dictionary<(string From, string To), Traffic> _traffic = [];
    private readonly Dictionary<string, int> _islands = [];
    private readonly Dictionary<(SimulatedNode From, SimulatedNode To), Link> _links = [];
    private readonly Dictionary<(string, string), (TimeSpan Latency, double BytesPerSecond)> _special = SpecialOf(
        options
    );

    /// <summary>What a link has carried.</summary>
    internal sealed class Traffic
    {
        public long Bytes { get; set; }

        public long Messages { get; set; }
    }

    private sealed class Link(TimedQueue queue, Traffic traffic, TimeSpan latency, double bytesPerSecond)
    {
        public TimedQueue Queue => queue;

        public Traffic Traffic => traffic;

        public TimeSpan Latency => latency;

        public double BytesPerSecond => bytesPerSecond;

        public TimeSpan FreeAt { get; set; }
    }

    public IReadOnlyDictionary<(string From, string To), Traffic> Carried => _traffic;

    public bool AreCut(SimulatedNode one, SimulatedNode other) => IslandOf(one) != IslandOf(other);

    /// <summary>
    /// Whether a node is one of those that were cut off, and not of those that they were cut off from.
    /// </summary>
    public bool IsCut(SimulatedNode node) => IslandOf(node) != 0;

    public void Send(Delivery delivery)
    {
        if (IsGone(delivery.From) || IsGone(delivery.To))
        {
            delivery.Drop();
            return;
        }
        var link = LinkOf(delivery.From, delivery.To);
        link.Traffic.Bytes += delivery.Bytes;
        link.Traffic.Messages++;
        var begins = link.FreeAt > world.Time.Now ? link.FreeAt : world.Time.Now;
        link.FreeAt = begins + TimeSpan.FromSeconds(delivery.Bytes / link.BytesPerSecond);
        link.Queue.Add(link.FreeAt + link.Latency, new Arrival(world, delivery));
    }

    /// <summary>Cuts nodes off from all others, together.</summary>
    public void Cut(IEnumerable<string> nodes)
    {
        var island = _islands.Values.DefaultIfEmpty(0).Max() + 1;
        foreach (var node in nodes)
            _islands[node] = island;
        Halt();
    }

    /// <summary>Everybody reaches everybody.</summary>
    public void Heal()
    {
        _islands.Clear();
        Halt();
    }

    /// <summary>A node is no more.</summary>
    public void Forget(SimulatedNode node)
    {
        foreach (var gone in _links.Where(link => link.Key.From == node || link.Key.To == node).ToList())
        {
            gone.Value.Queue.Clear();
            _links.Remove(gone.Key);
        }
    }

    private static bool IsGone(SimulatedNode node) => node.IsDead || node.IsOut;

    private void Halt()
    {
        foreach (var ((from, to), link) in _links)
        {
            if (AreCut(from, to))
                link.Queue.Halt();
            else
                link.Queue.GoOn();
        }
    }

    private int IslandOf(SimulatedNode node) => _islands.GetValueOrDefault(node.Name);

    private Link LinkOf(SimulatedNode from, SimulatedNode to)
    {
        if (_links.TryGetValue((from, to), out var link))
            return link;
        var names = (from.Name, to.Name);
        if (!_traffic.TryGetValue(names, out var traffic))
            _traffic.Add(names, traffic = new Traffic());
        var (latency, bytesPerSecond) = _special.TryGetValue(names, out var special)
            ? special
            : (options.Latency, options.BytesPerSecond);
        _links.Add((from, to), link = new Link(new TimedQueue(world.Time, null), traffic, latency, bytesPerSecond));
        if (AreCut(from, to))
            link.Queue.Halt();
        return link;
    }

    private static Dictionary<(string, string), (TimeSpan, double)> SpecialOf(NetworkOptions options)
    {
        var special = new Dictionary<(string, string), (TimeSpan, double)>();
        foreach (var (one, other, latency, bytesPerSecond) in options.Links)
            special[(one, other)] = special[(other, one)] = (latency, bytesPerSecond);
        return special;
    }

    private sealed class Arrival(World world, Delivery delivery) : Happening(null)
    {
        public override void Happen()
        {
            if (IsGone(delivery.To))
                delivery.Drop();
            else
                world.Within(delivery.To, delivery.Arrive);
        }

        public override void Drop() => delivery.Drop();
    }
}
