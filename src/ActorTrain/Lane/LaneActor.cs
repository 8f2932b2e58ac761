using ActorTrain.Lane.Connections;
using ActorTrain.Remedies;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorTrain.Lane;

/// <summary>
/// Opens and re-opens the lane's connections to other nodes, and tells nodes how to connect to this one: members when
/// they join, others when they ask. A node that has left the cluster is forgotten at once.
/// </summary>
internal sealed class LaneActor : ReceiveActor, IWithTimers
{
    public const string Name = "actortrain-lane";
    private readonly TensorLane _lane;
    private readonly Dictionary<Address, LaneProtocol.Opened> _announced = [];
    private readonly Dictionary<Address, Peer> _peers = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private const int Attempts = 12;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>After a connection that lasted so long, the wait before the first new attempt is short again.</summary>
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(5);

    /// <summary>A node without messages is forgotten after this time.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(1);

    private sealed record Peer(BackOff BackOff)
    {
        public SendingConnection? Connection { get; set; }

        public TimeSpan ConnectedAt { get; set; }

        public bool Opening { get; set; }

        /// <summary>Whether its connection has ended, and nothing waits to be sent.</summary>
        public bool IsIdle { get; set; }
    }

    private sealed record TryOpen(Address Node);

    private sealed record ForgetIdle(Address Node);

    private sealed record OpenTimedOut(Address Node);

    public static Props Props(TensorLane lane) => Akka.Actor.Props.Create(() => new LaneActor(lane));

    public LaneActor(TensorLane lane)
    {
        _lane = lane;
        Receive<ClusterEvent.MemberUp>(up => Announce(up.Member.Address));
        Receive<ClusterEvent.MemberRemoved>(removed => OnRemoved(removed.Member.Address));
        Receive<LaneProtocol.Open>(_ =>
        {
            if (_lane.Endpoint is { } endpoint)
                Sender.Tell(endpoint);
        });
        Receive<LaneProtocol.Opened>(OnOpened);
        Receive<LaneProtocol.Connect>(connect =>
        {
            if (_peers.TryAdd(connect.Node, new Peer(new BackOff(FirstWait, LongestWait, Attempts))))
                Open(connect.Node);
            // With a pause: a connection that breaks at each use would otherwise be opened again and again, by actors
            // that resend when it breaks.
            else if (_peers[connect.Node] is { IsIdle: true } idle)
                RetryLater(connect.Node, idle);
        });
        Receive<ForgetIdle>(old =>
        {
            if (_peers.TryGetValue(old.Node, out var peer) && peer.IsIdle)
                Forget(old.Node);
        });
        Receive<TryOpen>(open => Open(open.Node));
        Receive<LaneProtocol.Ended>(OnEnded);
        Receive<OpenTimedOut>(late =>
        {
            if (_peers.TryGetValue(late.Node, out var peer) && peer.Opening)
                RetryLater(late.Node, peer);
        });
        // A message that no actor handled still holds memory of the pool.
        Receive<DeadLetter>(dead => (dead.Message as ITensorMessage)?.Payload.Release());
        Receive<UnhandledMessage>(unhandled => (unhandled.Message as ITensorMessage)?.Payload.Release());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));
        if (((ExtendedActorSystem)Context.System).Provider is ClusterActorRefProvider)
            Akka.Cluster.Cluster.Get(Context.System)
                .Subscribe(
                    Self,
                    ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
                    typeof(ClusterEvent.MemberUp),
                    typeof(ClusterEvent.MemberRemoved)
                );
    }

    protected override void PostStop()
    {
        foreach (var peer in _peers.Values)
            peer.Connection?.Dispose();
        _lane.Close();
    }

    private static ActorSelection LaneOf(Address node) =>
        Context.ActorSelection(new RootActorPath(node) / "user" / Name);

    private void Announce(Address node)
    {
        if (node != _lane.Address && _lane.Endpoint is { } endpoint)
            LaneOf(node).Tell(endpoint);
    }

    private void OnOpened(LaneProtocol.Opened opened)
    {
        var node = Sender.Path.Address;
        _announced[node] = opened;
        if (_peers.TryGetValue(node, out var peer) && peer.Opening)
            Connect(node, peer, opened);
    }

    private void Open(Address node)
    {
        if (!_peers.TryGetValue(node, out var peer))
            return;
        peer.Opening = true;
        if (_announced.TryGetValue(node, out var opened))
        {
            Connect(node, peer, opened);
            return;
        }
        LaneOf(node).Tell(new LaneProtocol.Open());
        Timers.StartSingleTimer($"timeout {node}", new OpenTimedOut(node), TimeSpan.FromSeconds(2));
    }

    private void Connect(Address node, Peer peer, LaneProtocol.Opened opened)
    {
        Timers.Cancel($"timeout {node}");
        (peer.Opening, peer.ConnectedAt) = (false, Context.System.Scheduler.MonotonicClock);
        peer.Connection = SendingConnection.Start(node, opened, _lane.QueueTo(node), _lane, Self);
    }

    private void OnEnded(LaneProtocol.Ended ended)
    {
        _log.LaneEnded(ended.Node, ended.Reason);
        if (
            ended.Connection is { } connection
            && _peers.TryGetValue(ended.Node, out var peer)
            && ReferenceEquals(peer.Connection, connection)
        )
        {
            peer.Connection = null;
            // The node may have restarted meanwhile, with another token: it is asked again.
            _announced.Remove(ended.Node);
            if (Context.System.Scheduler.MonotonicClock - peer.ConnectedAt >= StableAfter)
                peer.BackOff.Reset();
            if (_lane.IsIdle(ended.Node))
                MarkIdle(ended.Node, peer);
            else
                RetryLater(ended.Node, peer);
        }
        foreach (var receiver in _lane.Admissions.Receivers)
            receiver.Tell(new LaneProtocol.Broken(ended.Node));
    }

    private void OnRemoved(Address node)
    {
        _announced.Remove(node);
        if (!_peers.TryGetValue(node, out var peer))
            return;
        Forget(node);
        Timers.Cancel($"open {node}");
        peer.Connection?.Dispose();
    }

    private int Forget(Address node)
    {
        _peers.Remove(node);
        return _lane.DiscardQueue(node);
    }

    private void MarkIdle(Address node, Peer peer)
    {
        peer.IsIdle = true;
        _lane.DiscardQueue(node);
        Timers.StartSingleTimer($"forget {node}", new ForgetIdle(node), ForgetAfter);
    }

    private void RetryLater(Address node, Peer peer)
    {
        (peer.Opening, peer.IsIdle) = (false, false);
        if (peer.BackOff.Next() is { } wait)
        {
            Timers.StartSingleTimer($"open {node}", new TryOpen(node), wait);
            return;
        }
        var messages = Forget(node);
        _log.LaneNotOpened(node, messages, Plural.Form(messages, "message to it is", "messages to it are"));
    }
}
