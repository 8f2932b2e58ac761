using ActorTrain.Leases;

namespace ActorTrain.Worker;

/// <summary>A lease being worked off, part by part; several may be under way at once.</summary>
/// <param name="lease">The lease.</param>
/// <param name="batch">Samples a micro-batch.</param>
/// <param name="began">Time of its first part.</param>
internal sealed class LeaseRun(Lease lease, int batch, TimeSpan began)
{
    private readonly Queue<LeasePart> _ahead = new(lease.Parts(batch));
    private readonly List<LeasePart> _underWay = [];
    private readonly List<LeasePart> _refused = [];
    private double _lossSum;
    private long _samples;

    public Lease Lease => lease;

    /// <summary>Whether every part has been begun.</summary>
    public bool AllBegun => _ahead.Count == 0;

    /// <summary>Whether every part has been judged.</summary>
    public bool IsDone => AllBegun && _underWay.Count == 0;

    /// <summary>The next part to compute; null when all are begun.</summary>
    public LeasePart? Next()
    {
        if (!_ahead.TryDequeue(out var part)) return null;
        _underWay.Add(part);
        return part;
    }

    /// <summary>Every shard has judged a part.</summary>
    public void Judged(LeasePart part, bool applied, bool refused, double loss)
    {
        _underWay.Remove(part);
        if (refused) _refused.Add(part);
        if (!applied) return;
        _lossSum += loss * part.Count;
        _samples += part.Count;
    }

    /// <summary>The account of the lease, ended here and now: what is not done goes to somebody else.</summary>
    public WorkerProtocol.LeaseEnded End(WorkerId worker, TimeSpan now) =>
        new(worker, lease.Id, [.. _refused, .. _underWay, .. _ahead], _lossSum, _samples, (now - began).TotalSeconds);
}
