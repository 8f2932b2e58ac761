using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Lane;

/// <summary>
/// An actor system's tensor lane. Chooses the road by the target's address: its own mailbox within the system, by reference within the
/// process, a TCP connection of its own otherwise.
/// </summary>
internal sealed class TensorLane : ITensorLane, IExtension
{
    private static readonly ConcurrentDictionary<Address, TensorLane> InProcess = [];
    private readonly ExtendedActorSystem _system;
    private readonly Address _address;
    private readonly Admissions _admissions = new();
    private readonly ByteBudget _budget;
    private readonly ConcurrentDictionary<Address, OutgoingQueue> _queues = [];
    private readonly LaneListener? _listener;
    private readonly IActorRef _actor;
    private readonly ILoggingAdapter _log;

    private TensorLane(ExtendedActorSystem system, LaneOptions options)
    {
        (_system, Options, _address) = (system, options, system.Provider.DefaultAddress);
        _budget = new ByteBudget(options.InFlight);
        _log = Logging.GetLogger(system, nameof(TensorLane));
        if (_address.HasGlobalScope)
        {
            var token = Handshake.NewToken();
            _listener = new LaneListener(
                _address.Host, options, socket => new ReceivingConnection(socket, token, _admissions, _budget, Deliver), _log);
            Endpoint = new LaneProtocol.Opened(_address.Host, _listener.Port, token);
            InProcess[_address] = this;
        }
        _actor = system.ActorOf(LaneActor.Props(this), LaneActor.Name);
    }

    public LaneOptions Options { get; }

    /// <summary>How other nodes connect; null in a system without remoting.</summary>
    public LaneProtocol.Opened? Endpoint { get; }

    /// <summary>Bytes received and not yet released.</summary>
    public long Unreleased => _budget.Used;

    /// <summary>The lane of an actor system, opened when first asked for.</summary>
    public static TensorLane Get(ActorSystem system) => system.WithExtension<TensorLane, Provider>();

    public void Tell(IActorRef target, ITensorMessage message, IActorRef sender)
    {
        var node = target.Path.Address;
        if (node.HasLocalScope || node == _address)
        {
            target.Tell(message, sender);
            return;
        }
        var outgoing = new Outgoing(target.Path.ToSerializationFormat(), sender.IsNobody() ? "" : PathOf(sender), message);
        if (Options.WithinProcess && InProcess.TryGetValue(node, out var neighbour)) neighbour.Deliver(outgoing.Target, message, outgoing.Sender);
        else Enqueue(node, outgoing);
    }

    public IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths) => _admissions.Add(PathOf(receiver), lengths);

    internal OutgoingQueue QueueTo(Address node) => _queues.GetOrAdd(node, _ => new OutgoingQueue(Options.InFlight));

    internal bool IsIdle(Address node) => !_queues.TryGetValue(node, out var queue) || queue.IsEmpty;

    internal int GiveUp(Address node) => _queues.TryRemove(node, out var queue) ? queue.Discard() : 0;

    internal void Close()
    {
        InProcess.TryRemove(_address, out _);
        _budget.Close();
        _listener?.Dispose();
        foreach (var node in _queues.Keys) GiveUp(node);
    }

    private void Enqueue(Address node, in Outgoing outgoing)
    {
        if (!_queues.ContainsKey(node))
        {
            QueueTo(node);
            _actor.Tell(new LaneProtocol.Connect(node));
        }
        if (QueueTo(node).TryAdd(outgoing)) return;
        _log.Warning("More than {0} bytes wait for {1}: a message to it is dropped, and will be sent again", Options.InFlight, node);
        outgoing.Message.Payload.Release();
    }

    private void Deliver(string target, ITensorMessage message, string sender) =>
        _system.Provider.ResolveActorRef(target)
            .Tell(message, sender.Length == 0 ? ActorRefs.NoSender : _system.Provider.ResolveActorRef(sender));

    private string PathOf(IActorRef actor) => actor.Path.ToSerializationFormatWithAddress(_address);

    private sealed class Provider : ExtensionIdProvider<TensorLane>
    {
        public override TensorLane CreateExtension(ExtendedActorSystem system) => new(system, LaneOptions.Of(system.Settings.Config));
    }
}
