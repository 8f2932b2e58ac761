using ActorTrain.TestKit.Nodes;
using Akka.Dispatch;

namespace ActorTrain.TestKit.Time;

/// <summary>
/// A thread of a node that can be busy for a while: whatever runs on it next waits until then, and so does what was
/// sent after the time was spent.
/// </summary>
/// <param name="world">The simulation.</param>
/// <param name="dispatcher">Whose thread it is.</param>
internal sealed class SimulatedThread(World world, SimulatedDispatcher dispatcher)
{
    private readonly SimulatedNode _node = dispatcher.Node!;
    private readonly Queue<IRunnable> _waiting = new();
    private List<Happening> _departures = [];
    private List<Happening> _departing = [];
    private TimeSpan _busyUntil;
    private long _times;
    private TimeSpan _frozenBefore;
    private bool _scheduled;

    public void Enqueue(IRunnable run)
    {
        _waiting.Enqueue(run);
        Schedule();
    }

    /// <summary>Time passes on this thread.</summary>
    /// <param name="until">Until when it is busy.</param>
    /// <param name="abandoned">Asked for when it is to be free at once.</param>
    public void Spend(TimeSpan until, CancellationToken abandoned)
    {
        (_busyUntil, _frozenBefore) = (until, _node.FrozenFor);
        var times = ++_times;
        // Whoever abandons it may be late, and the thread busy with something else by then.
        if (abandoned.CanBeCanceled)
            abandoned.Register(() => Interrupt(times));
    }

    /// <summary>Happens when the thread is free again, before anything else runs on it.</summary>
    public void Defer(Happening departure)
    {
        _departures.Add(departure);
        Schedule();
    }

    private void Interrupt(long times)
    {
        if (times != _times || _busyUntil <= world.Time.Now)
            return;
        _busyUntil = world.Time.Now;
        world.Time.At(world.Time.Now, new Wake(this, _node));
    }

    private void Schedule()
    {
        if (_scheduled || (_waiting.Count == 0 && _departures.Count == 0))
            return;
        _scheduled = true;
        world.Time.At(_busyUntil > world.Now ? _busyUntil : world.Now, new Wake(this, _node));
    }

    private void Run()
    {
        _scheduled = false;
        // Whoever is frozen computes nothing meanwhile.
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
                departure.Happen();
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

    private sealed class Wake(SimulatedThread thread, SimulatedNode node) : Happening(node)
    {
        public override bool OutlivesNode => true;

        public override void Happen()
        {
            if (Node!.IsDead)
                thread.Drop();
            thread.Run();
        }
    }
}
