using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Time;

/// <summary>
/// Happenings of one road or one desk: first in, first out, each at its own time or after the one before it.
/// </summary>
/// <param name="time">The virtual time.</param>
/// <param name="node">Where they happen.</param>
internal sealed class TimedQueue(VirtualTime time, SimulatedNode? node)
{
    private readonly Queue<(TimeSpan Due, Happening Happening)> _waiting = new();
    private bool _scheduled;
    private bool _halted;

    public void Add(TimeSpan due, Happening happening)
    {
        _waiting.Enqueue((due, happening));
        Schedule();
    }

    /// <summary>Nothing happens until it goes on.</summary>
    public void Halt() => _halted = true;

    /// <summary>It goes on.</summary>
    public void GoOn()
    {
        _halted = false;
        Schedule();
    }

    /// <summary>What waits will never happen.</summary>
    public void Clear()
    {
        while (_waiting.TryDequeue(out var waiting))
            waiting.Happening.Drop();
    }

    private void Schedule()
    {
        if (_scheduled || _halted || _waiting.Count == 0)
            return;
        _scheduled = true;
        time.At(_waiting.Peek().Due, new Turn(this, node));
    }

    private void Next()
    {
        _scheduled = false;
        // What was cleared, or is held up, has no turn.
        if (!_halted && _waiting.Count > 0 && _waiting.Peek().Due <= time.Now)
            _waiting.Dequeue().Happening.Happen();
        Schedule();
    }

    private sealed class Turn(TimedQueue queue, SimulatedNode? node) : Happening(node)
    {
        public override void Happen() => queue.Next();

        public override void Drop() => queue.Clear();
    }
}
