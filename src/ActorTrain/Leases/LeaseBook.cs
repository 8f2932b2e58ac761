namespace ActorTrain.Leases;

/// <summary>
/// Who trains on which samples: hands out every position of every epoch, takes back what was not done, and knows what is left.
/// A stretch may be granted twice (its holder was slow to answer); the shards see to it that it counts once.
/// </summary>
/// <param name="samples">Training samples.</param>
/// <param name="epochs">Epochs in the job.</param>
/// <param name="leaseSamples">Samples a lease.</param>
public sealed class LeaseBook(int samples, int epochs, int leaseSamples)
{
    private readonly SortedSet<(int Epoch, int Start, int End)> _returned = [];
    private readonly Dictionary<long, Grant> _grants = [];
    private readonly PositionSet[] _done = [.. Enumerable.Range(0, epochs).Select(_ => new PositionSet())];
    private long _lastId;
    private int _epoch = 1;
    private int _next;

    /// <summary>The epoch that is being handed out, from 1.</summary>
    public int Epoch => Math.Min(_epoch, epochs);

    /// <summary>Whether every position of every epoch is done.</summary>
    public bool Complete => _done.All(epoch => epoch.Count == samples);

    /// <summary>Whether every position of an epoch is done.</summary>
    public bool IsComplete(int epoch) => _done[epoch - 1].Count == samples;

    /// <summary>Grants the next lease; null when nothing is left to hand out now.</summary>
    /// <param name="holder">Who gets it.</param>
    /// <param name="now">Time of the grant, on the scheduler's clock.</param>
    public Lease? Take(string holder, TimeSpan now)
    {
        if (NextStretch() is not { } stretch) return null;
        var lease = new Lease(++_lastId, stretch);
        _grants.Add(lease.Id, new Grant(lease, holder, now));
        return lease;
    }

    /// <summary>Ends a lease: what is not in <paramref name="undone"/> is done, the rest will be handed out again.</summary>
    /// <returns>The lease; null when the grant is not known any more: it was taken back, and whoever has it now will end it.</returns>
    public Lease? End(long leaseId, IReadOnlyList<LeasePart> undone)
    {
        if (!_grants.Remove(leaseId, out var grant)) return null;
        var stretch = grant.Lease.Stretch;
        var position = stretch.Start;
        foreach (var part in undone.OrderBy(part => part.Start))
        {
            _done[stretch.Epoch - 1].Add(position, part.Start);
            _returned.Add((part.Epoch, part.Start, part.End));
            position = part.End;
        }
        _done[stretch.Epoch - 1].Add(position, stretch.End);
        return grant.Lease;
    }

    /// <summary>Takes back every lease of a holder.</summary>
    /// <returns>Number of samples taken back.</returns>
    public int TakeBack(string holder) => TakeBack(grant => grant.Holder == holder).Sum(lease => lease.Stretch.Count);

    /// <summary>Notes that a holder is making progress: its leases stay its own.</summary>
    public void Renew(string holder, TimeSpan now)
    {
        foreach (var grant in _grants.Values.Where(grant => grant.Holder == holder)) grant.Renewed = now;
    }

    /// <summary>Takes back the leases whose holders have shown no progress for <paramref name="timeout"/>.</summary>
    public IReadOnlyList<(string Holder, Lease Lease)> Expire(TimeSpan now, TimeSpan timeout)
    {
        var late = _grants.Values.Where(grant => now - grant.Renewed > timeout).Select(grant => (grant.Holder, grant.Lease)).ToList();
        TakeBack(grant => now - grant.Renewed > timeout);
        return late;
    }

    private List<Lease> TakeBack(Func<Grant, bool> which)
    {
        var leases = _grants.Values.Where(which).Select(grant => grant.Lease).ToList();
        foreach (var lease in leases)
        {
            _grants.Remove(lease.Id);
            _returned.Add((lease.Stretch.Epoch, lease.Stretch.Start, lease.Stretch.End));
        }
        return leases;
    }

    private LeasePart? NextStretch()
    {
        if (_returned.Count > 0)
        {
            var (epoch, start, end) = _returned.Min;
            _returned.Remove((epoch, start, end));
            return new LeasePart(epoch, start, end - start);
        }
        if (_epoch > epochs) return null;
        var stretch = new LeasePart(_epoch, _next, Math.Min(leaseSamples, samples - _next));
        _next = stretch.End;
        if (_next == samples) (_epoch, _next) = (_epoch + 1, 0);
        return stretch;
    }

    private sealed class Grant(Lease lease, string holder, TimeSpan renewed)
    {
        public Lease Lease { get; } = lease;
        public string Holder { get; } = holder;
        public TimeSpan Renewed { get; set; } = renewed;
    }
}
