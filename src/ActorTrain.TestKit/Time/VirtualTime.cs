namespace ActorTrain.TestKit.Time;

/// <summary>
/// What is to happen, in the order of virtual time. Of what is to happen at the same moment the seed chooses the order,
/// so that different seeds try different interleavings, and the same seed the same one.
/// </summary>
internal sealed class VirtualTime(long seed)
{
    private readonly PriorityQueue<Happening, Moment> _queue = new();
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

    /// <summary>How much has happened.</summary>
    public long Happened { get; private set; }

    public void At(TimeSpan due, Happening happening) =>
        _queue.Enqueue(happening, new Moment(Math.Max(due.Ticks, Now.Ticks), _ties.Next(), ++_number));

    /// <summary>
    /// Takes what is next, and moves the clock to it; null when there is nothing until a time, which it then is.
    /// </summary>
    public Happening? Take(TimeSpan until)
    {
        if (!_queue.TryPeek(out _, out var next) || next.Ticks > until.Ticks)
        {
            if (until > Now && until != TimeSpan.MaxValue)
                Now = until;
            return null;
        }
        Now = new TimeSpan(next.Ticks);
        Happened++;
        return _queue.Dequeue();
    }
}
