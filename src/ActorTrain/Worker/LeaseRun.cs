using ActorTrain.Leases;
using ActorTrain.Protocol;

namespace ActorTrain.Worker;

/// <summary>The progress of a lease, part by part; several parts may be under way at once.</summary>
/// <param name="lease">The lease.</param>
/// <param name="max">Samples that the device's memory holds at once: a part has no more, unless it is computed in local
/// steps.</param>
/// <param name="isRaced">Whether a gradient is abandoned when its step is closed.</param>
internal sealed class LeaseRun(Lease lease, int max, bool isRaced = false)
{
    private readonly bool _local = lease.LocalSteps > 0;
    private Queue<SampleRange> _ahead = new(
        lease.LocalSteps > 0 ? lease.Parts : lease.Range.Cut(Math.Min(lease.MicroBatchSize, max), lease.Least, max)
    );
    private int _max = max;
    private readonly List<SampleRange> _underWay = [];
    private readonly List<WorkerProtocol.RefusedPart> _refused = [];
    private SampleRange[] _returned = [];
    private TimeSpan? _began;
    private double _lossSum;
    private long _samples;
    private long _trained;
    private int _pushes;

    public Lease Lease => lease;

    public bool IsRaced => isRaced;

    /// <summary>The part that is begun next; null where all are begun.</summary>
    public SampleRange? Next => _ahead.TryPeek(out var part) ? part : null;

    /// <summary>Whether every part has been begun or returned.</summary>
    public bool AllBegun => _ahead.Count == 0;

    /// <summary>Whether a part has been begun.</summary>
    public bool IsBegun => _began is not null;

    /// <summary>Whether every part has been judged.</summary>
    public bool IsDone => AllBegun && _underWay.Count == 0;

    /// <summary>Begins the next part; null where all are begun.</summary>
    public SampleRange? BeginNext(TimeSpan now)
    {
        if (!_ahead.TryDequeue(out var part))
            return null;
        _began ??= now;
        _underWay.Add(part);
        return part;
    }

    /// <summary>Skips the next part: it is applied already.</summary>
    public void Skip() => _ahead.Dequeue();

    /// <summary>Returns a part that was begun.</summary>
    public void Abandon(SampleRange part)
    {
        _underWay.Remove(part);
        _returned = [.. _returned, part];
    }

    /// <summary>Returns the parts that have not been begun.</summary>
    public void ReturnUnbegun()
    {
        _returned = [.. _returned, .. _ahead];
        _ahead.Clear();
    }

    /// <summary>The local steps of a part; null where it is one gradient.</summary>
    public EngineProtocol.LocalPart? LocalOf(SampleRange part) =>
        _local ? new(part, part.Cut(Math.Min(lease.MicroBatchSize, _max), lease.Least, _max)) : null;

    /// <summary>
    /// A part was too large for the device: it comes first again. It and all parts ahead are cut smaller, or computed
    /// in smaller steps.
    /// </summary>
    public void Recut(SampleRange tooLarge, int max)
    {
        _underWay.Remove(tooLarge);
        _ahead = new(_ahead.Prepend(tooLarge));
        Recut(max);
    }

    /// <summary>
    /// Splits a part of which only the first samples are computed: the rest becomes the next part.
    /// </summary>
    /// <returns>The part that is computed.</returns>
    public SampleRange Shorten(SampleRange part, int samples)
    {
        var done = part with { Count = samples };
        _underWay[_underWay.IndexOf(part)] = done;
        _ahead = new(_ahead.Prepend(new SampleRange(part.Epoch, done.End, part.Count - samples)));
        return done;
    }

    /// <summary>Cuts the parts ahead smaller, or computes them in smaller steps.</summary>
    public void Recut(int max)
    {
        _max = max;
        if (!_local)
            _ahead = new(_ahead.SelectMany(part => part.Cut(max, lease.Least, max)));
    }

    /// <summary>Records that every shard has judged a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="applied">Whether any shard applied it.</param>
    /// <param name="refused">The refusal of a shard that refused it; null when none did.</param>
    /// <param name="loss">Its mean training loss.</param>
    public void Judged(SampleRange part, bool applied, WorkerProtocol.RefusedPart? refused, double loss)
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

    /// <summary>The account of the lease when it ends now, with the parts that are not done.</summary>
    public WorkerProtocol.LeaseEnded End(WorkerId worker, TimeSpan now) =>
        new(
            worker,
            lease.Id,
            [.. _refused.Select(refused => refused.Part), .. _underWay, .. _ahead, .. _returned],
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
