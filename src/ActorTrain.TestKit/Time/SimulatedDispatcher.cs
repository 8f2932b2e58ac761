using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace ActorTrain.TestKit.Time;

/// <summary>
/// Runs the actors of one node in virtual time, one message at a time, and receives all messages to them. Messages from
/// other nodes take the network.
/// </summary>
internal sealed class SimulatedDispatcher : MessageDispatcher
{
    private readonly World _world;
    private readonly SimulatedThread? _shared;
    private readonly Dictionary<IRunnable, SimulatedThread> _threads = [];
    private readonly Dictionary<ActorCell, ActorQueue> _queues = [];

    private sealed class ActorQueue(TimedQueue queue)
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

    /// <summary>The node whose actors it runs; null for the actor system's own actors.</summary>
    public SimulatedNode? Node { get; }

    public override void Dispatch(ActorCell cell, Envelope envelope)
    {
        if (DeliversDirectly)
            Arrive(cell, envelope);
        else
            _world.Send(new UserDelivery(_world.CurrentNode!, this, cell, envelope));
    }

    public override void SystemDispatch(ActorCell cell, SystemMessage message)
    {
        if (DeliversDirectly)
            Arrive(cell, message);
        else
            _world.Send(new SystemDelivery(_world.CurrentNode!, this, cell, message));
    }

    /// <summary>A message has arrived at one of its actors.</summary>
    public void Arrive(ActorCell cell, Envelope envelope)
    {
        var cost = _world.Costs.GetCost(envelope.Message);
        if (cost == TimeSpan.Zero && !_queues.ContainsKey(cell))
        {
            base.Dispatch(cell, envelope);
            return;
        }
        if (!_queues.TryGetValue(cell, out var queue))
            _queues.Add(cell, queue = new ActorQueue(new TimedQueue(_world.Time, Node)));
        var begins = queue.FreeAt > _world.Now ? queue.FreeAt : _world.Now;
        queue.FreeAt = begins + cost;
        queue.Queue.Add(queue.FreeAt, new ProcessingDone(this, cell, envelope));
    }

    /// <summary>A system message has arrived at one of its actors.</summary>
    public void Arrive(ActorCell cell, SystemMessage message) => base.SystemDispatch(cell, message);

    public override void Detach(ActorCell cell)
    {
        _queues.Remove(cell);
        if (cell.Mailbox is { } mailbox)
            _threads.Remove(mailbox);
        base.Detach(cell);
    }

    /// <summary>The thread of a mailbox.</summary>
    public SimulatedThread ThreadOf(IRunnable run)
    {
        if (_shared is not null)
            return _shared;
        if (!_threads.TryGetValue(run, out var thread))
            _threads.Add(run, thread = new SimulatedThread(_world, this));
        return thread;
    }

    public void Run(IRunnable run, SimulatedThread? thread) => _world.RunActor(this, run, thread);

    protected override void ExecuteTask(IRunnable run)
    {
        if (_shared is not null)
            _shared.Enqueue(run);
        else if (_threads.TryGetValue(run, out var thread))
            thread.Enqueue(run);
        else
            _world.Time.Schedule(_world.Now, new RunMailbox(this, run));
    }

    protected override void Shutdown() { }

    // Messages from outside, and those from or to the actor system itself, take no time.
    private bool DeliversDirectly =>
        _world.CurrentNode is null || Node is null || (_world.CurrentNode == Node && !_world.HasSpentTime);

    private sealed class RunMailbox(SimulatedDispatcher dispatcher, IRunnable run) : SimulatedEvent(dispatcher.Node)
    {
        public override bool RunsOnDeadNode => true;

        public override void Run()
        {
            // It may have got a busy thread since.
            if (dispatcher._threads.TryGetValue(run, out var thread))
                thread.Enqueue(run);
            else
                dispatcher.Run(run, null);
        }
    }

    private sealed class ProcessingDone(SimulatedDispatcher dispatcher, ActorCell cell, Envelope envelope)
        : SimulatedEvent(dispatcher.Node)
    {
        public override void Run() => dispatcher.DispatchNow(cell, envelope);

        public override void Drop() => UserDelivery.Discard(envelope.Message);
    }

    private void DispatchNow(ActorCell cell, Envelope envelope) => base.Dispatch(cell, envelope);

    /// <summary>Creates the dispatchers of a simulation, one for each node.</summary>
    internal sealed class PerNodeConfigurator : MessageDispatcherConfigurator
    {
        private readonly World _world;
        private readonly string _id;
        private readonly SimulatedDispatcher _systemDispatcher;

        public PerNodeConfigurator(Config config, IDispatcherPrerequisites prerequisites)
            : base(config, prerequisites)
        {
            _id = config.GetString("id");
            _world = World.Get(prerequisites.Settings.Config);
            _systemDispatcher = new SimulatedDispatcher(this, _world, null, shared: false);
        }

        public override MessageDispatcher Dispatcher() =>
            _world.CurrentNode is { } node
                ? node.DispatcherOf(
                    _id,
                    () => new SimulatedDispatcher(this, _world, node, shared: _id == DispatcherNames.Training)
                )
                : _systemDispatcher;
    }
}
