using ActorTrain.TestKit.Nodes;
using Akka.Dispatch;

namespace ActorTrain.TestKit.Time;

/// <summary>
/// A thread of a node that can be busy for a while. Until then the next mailbox waits, and so do messages that were
/// sent after the time was spent.
/// </summary>
/// <param name="world">The simulation.</param>
/// <param name="dispatcher">The thread's dispatcher.</param>
internal sealed class SimulatedThread(World world, SimulatedDispatcher dispatcher)
{
    private readonly SimulatedNode _node = dispatcher.Node!;
    private readonly Queue<IRunnable> _waiting = new();
    private List<SimulatedEvent> _departures = [];
    private List<SimulatedEvent> _departing = [];
    private TimeSpan _busyUntil;
    private long _spendCount;
    private TimeSpan _frozenBefore;
    private bool _scheduled;

    public void Enqueue(IRunnable run)
    {
        _waiting.Enqueue(run);
        Schedule();
    }

    /// <summary>Keeps this thread busy.</summary>
    /// <param name="until">The time until which it is busy.</param>
    /// <param name="abandoned">Canceled to free it at once.</param>
    public void Spend(TimeSpan until, CancellationToken abandoned)
    {
        (_busyUntil, _frozenBefore) = (until, _node.FrozenFor);
        var count = ++_spendCount;
        // The cancellation may come when the thread is already busy with other work.
        if (abandoned.CanBeCanceled)
            abandoned.Register(() => Interrupt(count));
    }

    /// <summary>Runs a departure when the thread is free, before the next mailbox.</summary>
    public void Defer(SimulatedEvent departure)
    {
        _departures.Add(departure);
        Schedule();
    }

    private void Interrupt(long count)
    {
        if (count != _spendCount || _busyUntil <= world.Time.Now)
            return;
        _busyUntil = world.Time.Now;
        world.Time.Schedule(world.Time.Now, new Wake(this, _node));
    }

    private void Schedule()
    {
        if (_scheduled || (_waiting.Count == 0 && _departures.Count == 0))
            return;
        _scheduled = true;
        world.Time.Schedule(_busyUntil > world.Now ? _busyUntil : world.Now, new Wake(this, _node));
    }

    private void Run()
    {
        _scheduled = false;
        // A frozen node does not compute meanwhile.
        if (_departures.Count > 0 || _busyUntil > world.Time.Now)
            _busyUntil += _node.FrozenFor - _frozenBefore;
        _frozenBefore = _node.FrozenFor;
        if (_busyUntil > world.Time.Now)
        {
            Schedule();
            return;
        }
        if (_departures.Count > 0)
        {
            (_departures, _departing) = (_departing, _departures);
            foreach (var departure in _departing)
                departure.Run();
            _departing.Clear();
        }
        if (_waiting.TryDequeue(out var run))
            dispatcher.Run(run, this);
        Schedule();
    }

    private void Drop()
    {
        foreach (var departure in _departures)
            departure.Drop();
        _departures.Clear();
    }

    private sealed class Wake(SimulatedThread thread, SimulatedNode node) : SimulatedEvent(node)
    {
        public override bool RunsOnDeadNode => true;

        public override void Run()
        {
            if (Node!.IsDead)
                thread.Drop();
            thread.Run();
        }
    }
}
