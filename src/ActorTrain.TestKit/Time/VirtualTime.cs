namespace ActorTrain.TestKit.Time;

/// <summary>
/// The queue of events in the order of virtual time. The seed chooses the order of simultaneous events, so that
/// different seeds try different interleavings, and the same seed the same one.
/// </summary>
internal sealed class VirtualTime(long seed)
{
    private readonly PriorityQueue<SimulatedEvent, Moment> _queue = new();
    private SplitMix64 _ties = new(SplitMix64.Mix(seed, 1, 0));
    private long _number;

    private readonly record struct Moment(long Ticks, ulong Tie, long Number) : IComparable<Moment>
    {
        public int CompareTo(Moment other)
        {
            var byTime = Ticks.CompareTo(other.Ticks);
            if (byTime != 0)
                return byTime;
            var byTie = Tie.CompareTo(other.Tie);
            return byTie != 0 ? byTie : Number.CompareTo(other.Number);
        }
    }

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Number of events taken from the queue.</summary>
    public long EventsRun { get; private set; }

    public void Schedule(TimeSpan due, SimulatedEvent pending) =>
        _queue.Enqueue(pending, new Moment(Math.Max(due.Ticks, Now.Ticks), _ties.Next(), ++_number));

    /// <summary>
    /// Takes the next event, and moves the clock to it. If there is none until a time, moves the clock to that time and
    /// returns null.
    /// </summary>
    public SimulatedEvent? Next(TimeSpan until)
    {
        if (!_queue.TryPeek(out _, out var next) || next.Ticks > until.Ticks)
        {
            if (until > Now && until != TimeSpan.MaxValue)
                Now = until;
            return null;
        }
        Now = new TimeSpan(next.Ticks);
        EventsRun++;
        return _queue.Dequeue();
    }
}
