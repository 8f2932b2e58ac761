using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace ActorTrain.TestKit.Time;

/// <summary>
/// Runs the actors of one node in virtual time, one message a turn, and sees all that is sent to them: what comes from
/// another node takes the network's way.
/// </summary>
internal sealed class SimulatedDispatcher : MessageDispatcher
{
    private readonly World _world;
    private readonly SimulatedThread? _shared;
    private readonly Dictionary<IRunnable, SimulatedThread> _threads = [];
    private readonly Dictionary<ActorCell, Desk> _desks = [];

    private sealed class Desk(TimedQueue queue)
    {
        public TimedQueue Queue => queue;

        public TimeSpan FreeAt { get; set; }
    }

    private SimulatedDispatcher(
        MessageDispatcherConfigurator configurator,
        World world,
        SimulatedNode? node,
        bool shared
    )
        : base(configurator)
    {
        (_world, Node) = (world, node);
        _shared = shared ? new SimulatedThread(world, this) : null;
        Throughput = 1;
        Id = "simulated";
        ShutdownTimeout = TimeSpan.FromSeconds(1);
    }

    /// <summary>The node whose actors it runs; null for those of the actor system itself.</summary>
    public SimulatedNode? Node { get; }

    public override void Dispatch(ActorCell cell, Envelope envelope)
    {
        if (IsHere)
            Arrive(cell, envelope);
        else
            _world.Depart(new UserDelivery(_world.Current!, this, cell, envelope));
    }

    public override void SystemDispatch(ActorCell cell, SystemMessage message)
    {
        if (IsHere)
            Arrive(cell, message);
        else
            _world.Depart(new SystemDelivery(_world.Current!, this, cell, message));
    }

    /// <summary>A message has come to one of its actors.</summary>
    public void Arrive(ActorCell cell, Envelope envelope)
    {
        var cost = _world.Costs.Of(envelope.Message);
        if (cost == TimeSpan.Zero && !_desks.ContainsKey(cell))
        {
            base.Dispatch(cell, envelope);
            return;
        }
        if (!_desks.TryGetValue(cell, out var desk))
            _desks.Add(cell, desk = new Desk(new TimedQueue(_world.Time, Node)));
        desk.FreeAt = (desk.FreeAt > _world.Now ? desk.FreeAt : _world.Now) + cost;
        desk.Queue.Add(desk.FreeAt, new Served(this, cell, envelope));
    }

    /// <summary>A system message has come to one of its actors.</summary>
    public void Arrive(ActorCell cell, SystemMessage message) => base.SystemDispatch(cell, message);

    public override void Detach(ActorCell cell)
    {
        _desks.Remove(cell);
        if (cell.Mailbox is { } mailbox)
            _threads.Remove(mailbox);
        base.Detach(cell);
    }

    /// <summary>The thread of what runs now.</summary>
    public SimulatedThread ThreadOf(IRunnable run)
    {
        if (_shared is not null)
            return _shared;
        if (!_threads.TryGetValue(run, out var thread))
            _threads.Add(run, thread = new SimulatedThread(_world, this));
        return thread;
    }

    public void Run(IRunnable run, SimulatedThread? thread) => _world.Run(this, run, thread);

    protected override void ExecuteTask(IRunnable run)
    {
        if (_shared is not null)
            _shared.Enqueue(run);
        else if (_threads.TryGetValue(run, out var thread))
            thread.Enqueue(run);
        else
            _world.Time.At(_world.Now, new Turn(this, run));
    }

    protected override void Shutdown() { }

    // From outside, and from the actor system itself, there is no way to go.
    private bool IsHere => _world.Current is null || Node is null || (_world.Current == Node && !_world.HasSpent);

    private sealed class Turn(SimulatedDispatcher dispatcher, IRunnable run) : Happening(dispatcher.Node)
    {
        public override bool OutlivesNode => true;

        public override void Happen()
        {
            // Its thread may have become a busy one since.
            if (dispatcher._threads.TryGetValue(run, out var thread))
                thread.Enqueue(run);
            else
                dispatcher.Run(run, null);
        }
    }

    private sealed class Served(SimulatedDispatcher dispatcher, ActorCell cell, Envelope envelope)
        : Happening(dispatcher.Node)
    {
        public override void Happen() => dispatcher.ServeNow(cell, envelope);

        public override void Drop() => UserDelivery.Discard(envelope.Message);
    }

    private void ServeNow(ActorCell cell, Envelope envelope) => base.Dispatch(cell, envelope);

    /// <summary>Makes the dispatchers of a simulation: for each node its own.</summary>
    internal sealed class OfSimulation : MessageDispatcherConfigurator
    {
        private readonly World _world;
        private readonly string _id;
        private readonly SimulatedDispatcher _ofSystem;

        public OfSimulation(Config config, IDispatcherPrerequisites prerequisites)
            : base(config, prerequisites)
        {
            _id = config.GetString("id");
            _world = World.Of(prerequisites.Settings.Config);
            _ofSystem = new SimulatedDispatcher(this, _world, null, shared: false);
        }

        public override MessageDispatcher Dispatcher() =>
            _world.Current is { } node
                ? node.DispatcherOf(
                    _id,
                    () => new SimulatedDispatcher(this, _world, node, shared: _id == DispatcherNames.Training)
                )
                : _ofSystem;
    }
}
