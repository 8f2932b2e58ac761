using ActorTrain.Leases;

namespace ActorTrain.Worker;

/// <summary>A lease being worked off, part by part.</summary>
/// <param name="lease">The lease.</param>
/// <param name="batch">Samples a micro-batch.</param>
/// <param name="began">Time of its first part.</param>
internal sealed class LeaseRun(Lease lease, int batch, TimeSpan began)
{
    private readonly Queue<LeasePart> _ahead = new(lease.Parts(batch));
    private readonly List<LeasePart> _refused = [];
    private LeasePart? _current;
    private double _lossSum;
    private long _samples;

    public Lease Lease => lease;

    /// <summary>Whether the current part is the last.</summary>
    public bool AtLast => _ahead.Count == 0;

    /// <summary>The next part to compute; null when all are done.</summary>
    public LeasePart? Next()
    {
        _current = _ahead.TryDequeue(out var part) ? part : null;
        return _current;
    }

    /// <summary>Every shard has judged the current part.</summary>
    public void Judged(bool applied, bool refused, double loss)
    {
        var part = _current!.Value;
        _current = null;
        if (refused) _refused.Add(part);
        if (!applied) return;
        _lossSum += loss * part.Count;
        _samples += part.Count;
    }

    /// <summary>The account of the lease, ended here and now: what is not done goes to somebody else.</summary>
    public WorkerProtocol.LeaseEnded End(WorkerId worker, TimeSpan now)
    {
        LeasePart[] current = _current is { } part ? [part] : [];
        return new(worker, lease.Id, [.. _refused, .. current, .. _ahead], _lossSum, _samples, (now - began).TotalSeconds);
    }
}
