using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;

namespace ActorTrain.TestKit.Network;

/// <summary>
/// The links between all nodes. A link delivers in order, one message after the other by its bandwidth. Across a
/// partition messages wait until it is healed, as with TCP; those to or from a node that is gone are lost.
/// </summary>
internal sealed class SimulatedNetwork(World world, NetworkOptions options)
{
    private readonly Dictionary<(string From, string To), Traffic> _traffic = [];
    private readonly Dictionary<string, int> _islands = [];
    private readonly Dictionary<(SimulatedNode From, SimulatedNode To), Link> _links = [];
    private readonly Dictionary<(string, string), (TimeSpan Latency, double BytesPerSecond)> _special = SpecialLinks(
        options
    );

    /// <summary>Totals of what a link has carried.</summary>
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
    /// Whether a node is on the side of a partition that a fault named.
    /// </summary>
    public bool IsCut(SimulatedNode node) => IslandOf(node) != 0;

    public void Send(Delivery delivery)
    {
        if (IsGone(delivery.From) || IsGone(delivery.To))
        {
            delivery.Drop();
            return;
        }
        var link = GetLink(delivery.From, delivery.To);
        link.Traffic.Bytes += delivery.Bytes;
        link.Traffic.Messages++;
        var begins = link.FreeAt > world.Time.Now ? link.FreeAt : world.Time.Now;
        link.FreeAt = begins + TimeSpan.FromSeconds(delivery.Bytes / link.BytesPerSecond);
        link.Queue.Add(link.FreeAt + link.Latency, new Arrival(world, delivery));
    }

    /// <summary>Cuts nodes off from all others, but not from each other.</summary>
    public void Cut(IEnumerable<string> nodes)
    {
        var island = _islands.Values.DefaultIfEmpty(0).Max() + 1;
        foreach (var node in nodes)
            _islands[node] = island;
        PauseCutLinks();
    }

    /// <summary>Heals all partitions.</summary>
    public void Heal()
    {
        _islands.Clear();
        PauseCutLinks();
    }

    /// <summary>Drops the links of a node that is gone.</summary>
    public void Forget(SimulatedNode node)
    {
        foreach (var gone in _links.Where(link => link.Key.From == node || link.Key.To == node).ToList())
        {
            gone.Value.Queue.Clear();
            _links.Remove(gone.Key);
        }
    }

    private static bool IsGone(SimulatedNode node) => node.IsDead || node.WasRemoved;

    private void PauseCutLinks()
    {
        foreach (var ((from, to), link) in _links)
        {
            if (AreCut(from, to))
                link.Queue.Pause();
            else
                link.Queue.Resume();
        }
    }

    private int IslandOf(SimulatedNode node) => _islands.GetValueOrDefault(node.Name);

    private Link GetLink(SimulatedNode from, SimulatedNode to)
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
            link.Queue.Pause();
        return link;
    }

    private static Dictionary<(string, string), (TimeSpan, double)> SpecialLinks(NetworkOptions options)
    {
        var special = new Dictionary<(string, string), (TimeSpan, double)>();
        foreach (var (one, other, latency, bytesPerSecond) in options.Links)
            special[(one, other)] = special[(other, one)] = (latency, bytesPerSecond);
        return special;
    }

    private sealed class Arrival(World world, Delivery delivery) : SimulatedEvent(null)
    {
        public override void Run()
        {
            if (IsGone(delivery.To))
                delivery.Drop();
            else
                world.RunAs(delivery.To, delivery.Arrive);
        }

        public override void Drop() => delivery.Drop();
    }
}
