using System.Collections.Concurrent;
using System.Net.Sockets;
using ActorTrain.Lane.Connections;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Lane;

/// <summary>
/// An actor system's tensor lane. The target's address decides how a message is sent: to its mailbox within the system,
/// by reference within the process, by shared memory or a Unix domain socket within the machine, else by TCP.
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

    private TensorLane(ExtendedActorSystem system, LaneOptions options, TensorMessageTable messages)
    {
        (_system, Options, Messages, Address) = (system, options, messages, system.Provider.DefaultAddress);
        _log = Logging.GetLogger(system, typeof(TensorLane));
        if (Address.HasGlobalScope)
        {
            if (options.SameMachine == SameMachineTransport.SharedMemory)
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

    /// <summary>The messages that it can send.</summary>
    public TensorMessageTable Messages { get; }

    /// <summary>This node.</summary>
    public Address Address { get; }

    /// <summary>The actor that manages the connections; the lane is closed when it ends.</summary>
    public IActorRef Actor { get; }

    /// <summary>How other nodes connect; null in a system without remoting.</summary>
    public LaneProtocol.Opened? Endpoint { get; }

    /// <summary>
    /// Lets processes of this machine check that they can map this one's memory; null where they cannot.
    /// </summary>
    public MemoryProbe? Probe { get; }

    public Admissions Admissions { get; } = new();

    public TensorPool Memory { get; }

    /// <summary>Bytes received as copies and not yet released.</summary>
    public long Unreleased => Volatile.Read(ref _unreleased);

    /// <summary>The lane of an actor system, opened at the first call.</summary>
    public static TensorLane Get(ActorSystem system, TensorMessageTable messages) =>
        system.WithExtension<Lanes, Provider>().Latest(messages);

    /// <summary>
    /// The lane for a node that starts in an actor system: a new one, if an earlier node has closed its lane.
    /// </summary>
    public static TensorLane Open(ActorSystem system, TensorMessageTable messages) =>
        system.WithExtension<Lanes, Provider>().Open(messages);

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
        // Optimizers, evaluated weights and data sets are large and in the oldest generation, which is rarely
        // collected. In the background, as the process may have other work.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }

    internal void Ended(ReceivingConnection connection) => _receiving.TryRemove(connection, out _);

    internal IActorRef Resolve(string path) => _system.Provider.ResolveActorRef(path);

    internal void CountUnreleased(long bytes) => Interlocked.Add(ref _unreleased, bytes);

    internal OutgoingQueue QueueTo(Address node) => _queues.GetOrAdd(node, _ => new OutgoingQueue(Options.InFlight));

    internal bool IsIdle(Address node) => !_queues.TryGetValue(node, out var queue) || queue.IsEmpty;

    internal int DiscardQueue(Address node) => _queues.TryRemove(node, out var queue) ? queue.Discard() : 0;

    internal void Close()
    {
        _closed = true;
        Memory.Close();
        InProcess.TryRemove(Address, out _);
        _listener?.Dispose();
        foreach (var node in _queues.Keys)
            DiscardQueue(node);
    }

    private ReceivingConnection Receive(Socket socket, Handshake handshake)
    {
        var connection = new ReceivingConnection(socket, handshake, this);
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
        _log.TensorDropped(Options.InFlight, node);
        outgoing.Message.Payload.Release();
    }

    private void Deliver(TensorLane from, IActorRef target, ITensorMessage message, IActorRef sender) =>
        ResolveHere(target, Address).Tell(message, sender.IsNobody() ? sender : ResolveHere(sender, from.Address));

    // Caches resolved paths; bounded, since actors come and go.
    private IActorRef ResolveHere(IActorRef actor, Address home)
    {
        if (_neighbours.TryGetValue(actor, out var resolved))
            return resolved;
        if (_neighbours.Count > 10_000)
            _neighbours.Clear();
        return _neighbours[actor] = Resolve(actor.Path.ToSerializationFormatWithAddress(home));
    }

    /// <summary>
    /// The lanes of one actor system, one after another: a node can stop in a running actor system and start again.
    /// </summary>
    private sealed class Lanes(ExtendedActorSystem system) : IExtension
    {
        private readonly Lock _lock = new();
        private TensorLane? _latest;

        public TensorLane Latest(TensorMessageTable messages)
        {
            lock (_lock)
                return _latest ??= Create(messages);
        }

        public TensorLane Open(TensorMessageTable messages)
        {
            lock (_lock)
                return _latest is { _closed: false } open ? open : _latest = Create(messages);
        }

        private TensorLane Create(TensorMessageTable messages)
        {
            var options = LaneOptions.From(system.Settings.Config);
            try
            {
                return new TensorLane(system, options, messages);
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
