using System.Collections.Concurrent;
using System.Net.Sockets;
using ActorTrain.Lane.Connections;
using ActorTrain.Sentences;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Lane;

/// <summary>
/// An actor system's tensor lane. Chooses the road by the target's address: its own mailbox within the system, by
/// reference within the process, shared memory or a Unix domain socket within the machine, a TCP connection otherwise.
/// </summary>
internal sealed class TensorLane : ITensorLane
{
    private static readonly ConcurrentDictionary<Address, TensorLane> InProcess = [];
    private readonly ExtendedActorSystem _system;
    private readonly ConcurrentDictionary<Address, OutgoingQueue> _queues = [];
    private readonly ConcurrentDictionary<IActorRef, IActorRef> _neighbours = [];
    private readonly ConcurrentDictionary<ReceivingConnection, Address> _receiving = [];
    private readonly LaneListener? _listener;
    private readonly ILoggingAdapter _log;
    private long _unreleased;
    private volatile bool _closed;

    private TensorLane(ExtendedActorSystem system, LaneOptions options)
    {
        (_system, Options, Address) = (system, options, system.Provider.DefaultAddress);
        _log = Logging.GetLogger(system, nameof(TensorLane));
        if (Address.HasGlobalScope)
        {
            if (options.SameMachine == SameMachineRoad.SharedMemory)
                Probe = MemoryProbe.TryCreate();
            var token = Handshake.NewToken();
            _listener = new LaneListener(
                Address.Host,
                options,
                token,
                Receive,
                TellEnded,
                () => system.Scheduler.MonotonicClock,
                _log
            );
            Endpoint = new LaneProtocol.Opened(
                Address.Host,
                _listener.Port,
                _listener.LocalName,
                LocalSocket.Machine,
                token
            );
            InProcess[Address] = this;
        }
        Memory = new TensorPool(shared: Probe is not null, keep: options.InFlight);
        Actor = system.ActorOf(LaneActor.Props(this), LaneActor.Name);
    }

    public LaneOptions Options { get; }

    /// <summary>This node.</summary>
    public Address Address { get; }

    /// <summary>Keeps its connections; the lane is closed when it has ended.</summary>
    public IActorRef Actor { get; }

    /// <summary>How other nodes connect; null in a system without remoting.</summary>
    public LaneProtocol.Opened? Endpoint { get; }

    /// <summary>
    /// What shows to processes of this machine that they can map this one's memory; null where they cannot.
    /// </summary>
    public MemoryProbe? Probe { get; }

    public Admissions Admissions { get; } = new();

    public TensorPool Memory { get; }

    /// <summary>Bytes received in copy and not yet released.</summary>
    public long Unreleased => Volatile.Read(ref _unreleased);

    /// <summary>The lane of an actor system, opened when first asked for.</summary>
    public static TensorLane Get(ActorSystem system) => system.WithExtension<Lanes, Provider>().Latest;

    /// <summary>
    /// The lane of an actor system that a node begins in: another one, where the node before it has closed its own.
    /// </summary>
    public static TensorLane Open(ActorSystem system) => system.WithExtension<Lanes, Provider>().Open();

    public void Tell(IActorRef target, ITensorMessage message, IActorRef sender)
    {
        var node = target.Path.Address;
        if (node.HasLocalScope || node == Address)
            target.Tell(message, sender);
        else if (Options.WithinProcess && InProcess.TryGetValue(node, out var neighbour))
            neighbour.Deliver(this, target, message, sender);
        else
            Enqueue(node, new Outgoing(target, sender, message));
    }

    public IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths) =>
        Admissions.Add(receiver.Path.ToSerializationFormatWithAddress(Address), receiver, lengths);

    public void GiveBack()
    {
        Memory.GiveBack();
        foreach (var connection in _receiving.Keys)
            connection.GiveBack();
        _neighbours.Clear();
        // Optimizers, weights that were evaluated, data sets: large and old, so that the collector would wait for much
        // more of them. In the background, as the process may have other work.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }

    internal void Ended(ReceivingConnection connection) => _receiving.TryRemove(connection, out _);

    internal IActorRef Resolve(string path) => _system.Provider.ResolveActorRef(path);

    internal void Received(long bytes) => Interlocked.Add(ref _unreleased, bytes);

    internal OutgoingQueue QueueTo(Address node) => _queues.GetOrAdd(node, _ => new OutgoingQueue(Options.InFlight));

    internal bool IsIdle(Address node) => !_queues.TryGetValue(node, out var queue) || queue.IsEmpty;

    internal int GiveUp(Address node) => _queues.TryRemove(node, out var queue) ? queue.Discard() : 0;

    internal void Close()
    {
        _closed = true;
        Memory.Close();
        InProcess.TryRemove(Address, out _);
        _listener?.Dispose();
        foreach (var node in _queues.Keys)
            GiveUp(node);
    }

    private ReceivingConnection Receive(Socket socket, Handshake hello)
    {
        var connection = new ReceivingConnection(socket, hello, this);
        _receiving[connection] = connection.Node;
        return connection;
    }

    private void TellEnded(Address node, string reason) => Actor.Tell(new LaneProtocol.Ended(node, null, reason));

    private void Enqueue(Address node, in Outgoing outgoing)
    {
        if (!_queues.ContainsKey(node))
        {
            QueueTo(node);
            Actor.Tell(new LaneProtocol.Connect(node));
        }
        var queue = QueueTo(node);
        if (queue.Connection?.TrySendNow(outgoing) == true || queue.TryAdd(outgoing))
            return;
        _log.Warning(
            "More than {0} bytes wait for {1}: a message to it is dropped, and will be sent again",
            Options.InFlight,
            node
        );
        outgoing.Message.Payload.Release();
    }

    private void Deliver(TensorLane from, IActorRef target, ITensorMessage message, IActorRef sender) =>
        SeenFromHere(target, Address).Tell(message, sender.IsNobody() ? sender : SeenFromHere(sender, from.Address));

    // Paths are resolved once; actors come and go, and with them what is kept of them.
    private IActorRef SeenFromHere(IActorRef actor, Address home)
    {
        if (_neighbours.TryGetValue(actor, out var seen))
            return seen;
        if (_neighbours.Count > 10_000)
            _neighbours.Clear();
        return _neighbours[actor] = Resolve(actor.Path.ToSerializationFormatWithAddress(home));
    }

    /// <summary>
    /// One lane after the other: a node may stop in an actor system that goes on, and start again there.
    /// </summary>
    private sealed class Lanes(ExtendedActorSystem system) : IExtension
    {
        private readonly Lock _lock = new();
        private TensorLane? _latest;

        public TensorLane Latest
        {
            get
            {
                lock (_lock)
                    return _latest ??= Create();
            }
        }

        public TensorLane Open()
        {
            lock (_lock)
                return _latest is { _closed: false } open ? open : _latest = Create();
        }

        private TensorLane Create()
        {
            var options = LaneOptions.Of(system.Settings.Config);
            try
            {
                return new TensorLane(system, options);
            }
            catch (SocketException failure)
            {
                throw new ActorTrainException(
                    $"The tensor lane cannot listen on {system.Provider.DefaultAddress.Host}, port {options.Port}: "
                        + $"{failure.AsClause()}. Set actortrain.lane.port to one that is free, or to 0.",
                    failure
                );
            }
        }
    }

    private sealed class Provider : ExtensionIdProvider<Lanes>
    {
        public override Lanes CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
