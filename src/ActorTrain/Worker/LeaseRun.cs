using ActorTrain.Leases;

namespace ActorTrain.Worker;

/// <summary>A lease being worked off, part by part; several may be under way at once.</summary>
/// <param name="lease">The lease.</param>
/// <param name="most">Samples that the device's memory holds at once: a part has no more, unless it is worked off in
/// local steps.</param>
/// <param name="isRaced">Whether a gradient is to be abandoned when its step is closed.</param>
internal sealed class LeaseRun(Lease lease, int most, bool isRaced = false)
{
    private readonly bool _local = lease.LocalSteps > 0;
    private Queue<LeasePart> _ahead = new(
        lease.LocalSteps > 0 ? lease.Parts : lease.Stretch.Cut(Math.Min(lease.MicroBatch, most), lease.Least, most)
    );
    private int _most = most;
    private readonly List<LeasePart> _underWay = [];
    private readonly List<WorkerProtocol.RefusedPart> _refused = [];
    private LeasePart[] _left = [];
    private TimeSpan? _began;
    private double _lossSum;
    private long _samples;
    private long _trained;
    private int _pushes;

    public Lease Lease => lease;

    public bool IsRaced => isRaced;

    /// <summary>The part that is to be begun next; null when all are begun.</summary>
    public LeasePart? Ahead => _ahead.TryPeek(out var part) ? part : null;

    /// <summary>Whether every part has been begun, or left to others.</summary>
    public bool AllBegun => _ahead.Count == 0;

    /// <summary>Whether a part has been begun.</summary>
    public bool IsBegun => _began is not null;

    /// <summary>Whether every part has been judged.</summary>
    public bool IsDone => AllBegun && _underWay.Count == 0;

    /// <summary>Begins the next part; null when all are begun.</summary>
    public LeasePart? Next(TimeSpan now)
    {
        if (!_ahead.TryDequeue(out var part))
            return null;
        _began ??= now;
        _underWay.Add(part);
        return part;
    }

    /// <summary>The next part was done by another.</summary>
    public void Skip() => _ahead.Dequeue();

    /// <summary>A part that was begun is left to others.</summary>
    public void Abandon(LeasePart part)
    {
        _underWay.Remove(part);
        _left = [.. _left, part];
    }

    /// <summary>Leaves what has not been begun to others.</summary>
    public void Leave()
    {
        _left = [.. _left, .. _ahead];
        _ahead.Clear();
    }

    /// <summary>How a part is worked off in local steps; null where it is one gradient.</summary>
    public EngineActor.LocalPart? LocalOf(LeasePart part) =>
        _local ? new(part, part.Cut(Math.Min(lease.MicroBatch, _most), lease.Least, _most)) : null;

    /// <summary>
    /// A part was too much for the device: it comes first again, and it and all that are ahead are cut smaller, or
    /// worked off in smaller steps.
    /// </summary>
    public void Recut(LeasePart tooMuch, int most)
    {
        _underWay.Remove(tooMuch);
        _ahead = new(_ahead.Prepend(tooMuch));
        Recut(most);
    }

    /// <summary>
    /// Of a part, only the first samples are done now: they are a part of their own, and the rest is still to be begun.
    /// </summary>
    /// <returns>The part that is done.</returns>
    public LeasePart Shorten(LeasePart part, int samples)
    {
        var done = part with { Count = samples };
        _underWay[_underWay.IndexOf(part)] = done;
        _ahead = new(_ahead.Prepend(new LeasePart(part.Epoch, done.End, part.Count - samples)));
        return done;
    }

    /// <summary>All that are ahead are cut smaller, or worked off in smaller steps.</summary>
    public void Recut(int most)
    {
        _most = most;
        if (!_local)
            _ahead = new(_ahead.SelectMany(part => part.Cut(most, lease.Least, most)));
    }

    /// <summary>Every shard has judged a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="applied">Whether any shard applied it.</param>
    /// <param name="refused">The refusal of a shard that refused it; null when none did.</param>
    /// <param name="loss">Its mean training loss.</param>
    public void Judged(LeasePart part, bool applied, WorkerProtocol.RefusedPart? refused, double loss)
    {
        _underWay.Remove(part);
        _trained += part.Count;
        _pushes++;
        if (refused is not null)
            _refused.Add(refused);
        if (!applied)
            return;
        _lossSum += loss * part.Count;
        _samples += part.Count;
    }

    /// <summary>The account of the lease, ended here and now: what is not done goes to somebody else.</summary>
    public WorkerProtocol.LeaseEnded End(WorkerId worker, TimeSpan now) =>
        new(
            worker,
            lease.Id,
            [.. _refused.Select(refused => refused.Part), .. _underWay, .. _ahead, .. _left],
            [.. _refused],
            new WorkerProtocol.LeaseAccount(
                _lossSum,
                _samples,
                _trained,
                _pushes,
                _began is { } began ? (now - began).TotalSeconds : 0
            )
        );
}
