using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Time;

/// <summary>
/// Events of one link or one actor: first in, first out, each at its own time or after the one before it.
/// </summary>
/// <param name="time">The virtual time.</param>
/// <param name="node">The node of the events.</param>
internal sealed class TimedQueue(VirtualTime time, SimulatedNode? node)
{
    private readonly Queue<(TimeSpan Due, SimulatedEvent Event)> _waiting = new();
    private bool _scheduled;
    private bool _paused;

    public void Add(TimeSpan due, SimulatedEvent pending)
    {
        _waiting.Enqueue((due, pending));
        Schedule();
    }

    /// <summary>Runs no event until it is resumed.</summary>
    public void Pause() => _paused = true;

    /// <summary>Runs events again.</summary>
    public void Resume()
    {
        _paused = false;
        Schedule();
    }

    /// <summary>Drops all waiting events.</summary>
    public void Clear()
    {
        while (_waiting.TryDequeue(out var waiting))
            waiting.Event.Drop();
    }

    private void Schedule()
    {
        if (_scheduled || _paused || _waiting.Count == 0)
            return;
        _scheduled = true;
        time.Schedule(_waiting.Peek().Due, new RunFirstEvent(this, node));
    }

    private void RunFirst()
    {
        _scheduled = false;
        // The queue may have been cleared or paused meanwhile.
        if (!_paused && _waiting.Count > 0 && _waiting.Peek().Due <= time.Now)
            _waiting.Dequeue().Event.Run();
        Schedule();
    }

    private sealed class RunFirstEvent(TimedQueue queue, SimulatedNode? node) : SimulatedEvent(node)
    {
        public override void Run() => queue.RunFirst();

        public override void Drop() => queue.Clear();
    }
}
