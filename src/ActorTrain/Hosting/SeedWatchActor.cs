using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>
/// Ends this node when its seed has begun another cluster, as a seed does that is started again and finds no address of
/// this one: two clusters would wait beside each other. A node with a job goes on until that ends.
/// </summary>
internal sealed class SeedWatchActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Address _seed;
    private readonly IActorRef _node;
    private readonly Action<string> _end;

    private sealed record Tick;

    /// <param name="seed">The seed that the node joins by.</param>
    /// <param name="node">The node's root, which knows whether it has a job.</param>
    /// <param name="end">Ends this node, with the reason.</param>
    public static Props Props(HostPort seed, IActorRef node, Action<string> end) =>
        Akka.Actor.Props.Create(() => new SeedWatchActor(seed, node, end));

    public SeedWatchActor(HostPort seed, IActorRef node, Action<string> end)
    {
        _seed = _cluster.SelfAddress.WithHost(seed.Host).WithPort(seed.Port);
        (_node, _end) = (node, end);
        Receive<Tick>(_ =>
        {
            if (!IsMember(_cluster.SelfAddress) || IsMember(_seed))
                return;
            var root = new RootActorPath(_seed) / "user" / HostedNode.RootName;
            Context.ActorSelection(root).Tell(new ClientProtocol.Hello(BuildVersion.Here));
        });
        Receive<ClientProtocol.Welcome>(
            _ => _node.Tell(new NodeActor.GetEnrolmentStatus()),
            welcome => !IsOurs(welcome.Coordinator.Path.Address)
        );
        Receive<ClientProtocol.Welcome>(_ => { });
        Receive<NodeActor.EnrolmentStatus>(
            _ =>
            {
                Timers.CancelAll();
                _end($"its seed {seed} has begun another");
            },
            status => !status.HasJob
        );
        Receive<NodeActor.EnrolmentStatus>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), new Tick(), Interval);

    // The seed may be about to join this cluster, and know its coordinator. An actor of this node has no host there.
    private bool IsOurs(Address coordinator) => coordinator.HasLocalScope || IsMember(coordinator);

    private bool IsMember(Address address) => _cluster.State.Members.Any(member => member.Address == address);
}
