using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Lane;

/// <summary>Opens and re-opens the lane's connections to other nodes, and tells them how to connect to this one.</summary>
internal sealed class LaneActor : ReceiveActor, IWithTimers
{
    public const string Name = "actortrain-lane";
    private readonly TensorLane _lane;
    private readonly Dictionary<Address, Peer> _peers = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private sealed record Peer(BackOff BackOff)
    {
        public SendingConnection? Connection { get; set; }

        public bool Opening { get; set; }
    }

    private sealed record TryOpen(Address Node);

    private sealed record OpenTimedOut(Address Node);

    public static Props Props(TensorLane lane) => Akka.Actor.Props.Create(() => new LaneActor(lane));

    public LaneActor(TensorLane lane)
    {
        _lane = lane;
        Receive<LaneProtocol.Open>(_ =>
        {
            if (_lane.Endpoint is { } endpoint) Sender.Tell(endpoint);
        });
        Receive<LaneProtocol.Connect>(connect =>
        {
            if (_peers.ContainsKey(connect.Node)) return;
            _peers.Add(connect.Node, new Peer(new BackOff()));
            Open(connect.Node);
        });
        Receive<TryOpen>(open => Open(open.Node));
        Receive<LaneProtocol.Opened>(Connect);
        Receive<LaneProtocol.Broken>(broken =>
        {
            if (!_peers.TryGetValue(broken.Node, out var peer)) return;
            _log.Debug("The lane to {0} is broken: {1}", broken.Node, broken.Reason);
            peer.Connection?.Dispose();
            peer.Connection = null;
            if (!_lane.IsIdle(broken.Node)) TryAgain(broken.Node, peer);
            else Forget(broken.Node);
        });
        Receive<OpenTimedOut>(late =>
        {
            if (_peers.TryGetValue(late.Node, out var peer) && peer.Opening) TryAgain(late.Node, peer);
        });
        // A message whose receiver has ended, or does not expect it, still holds its part of the pool.
        Receive<DeadLetter>(dead => (dead.Message as ITensorMessage)?.Payload.Release());
        Receive<UnhandledMessage>(unhandled => (unhandled.Message as ITensorMessage)?.Payload.Release());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));
    }

    protected override void PostStop()
    {
        foreach (var peer in _peers.Values) peer.Connection?.Dispose();
        _lane.Close();
    }

    private void Open(Address node)
    {
        if (!_peers.TryGetValue(node, out var peer)) return;
        peer.Opening = true;
        Context.ActorSelection(new RootActorPath(node) / "user" / Name).Tell(new LaneProtocol.Open());
        Timers.StartSingleTimer($"timeout {node}", new OpenTimedOut(node), TimeSpan.FromSeconds(2));
    }

    private void Connect(LaneProtocol.Opened opened)
    {
        var node = Sender.Path.Address;
        if (!_peers.TryGetValue(node, out var peer) || !peer.Opening) return;
        Timers.Cancel($"timeout {node}");
        peer.Opening = false;
        peer.BackOff.Reset();
        peer.Connection = SendingConnection.Start(node, opened, _lane.QueueTo(node), Self, _lane.Options);
    }

    private int Forget(Address node)
    {
        _peers.Remove(node);
        return _lane.GiveUp(node);
    }

    private void TryAgain(Address node, Peer peer)
    {
        peer.Opening = false;
        if (peer.BackOff.Next() is { } wait)
        {
            Timers.StartSingleTimer($"open {node}", new TryOpen(node), wait);
            return;
        }
        _log.Warning("No lane to {0} can be opened; {1} messages to it are discarded. It is tried again when there is something to send", node, Forget(node));
    }
}
