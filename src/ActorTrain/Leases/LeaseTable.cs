namespace ActorTrain.Leases;

/// <summary>
/// Which worker trains on which samples: grants every position of every epoch, takes back what was not done, and knows
/// what is left. What was taken back is in doubt until the shards report what they have applied (<see cref="Settle"/>):
/// a lost holder may have pushed some of it. A range may be granted twice (its holder was slow, or it is repeated on
/// purpose); the shards count it once.
/// </summary>
/// <param name="samples">Training samples.</param>
/// <param name="epochs">Epochs in the job.</param>
/// <param name="least">Samples that a gradient has at least, ≥ 1: no lease leaves a shorter range behind.</param>
internal sealed partial class LeaseTable(int samples, int epochs, int least = 1)
{
    private readonly UngrantedPositions _ungranted = new(samples, epochs, least);
    private readonly List<(long Round, SampleRange Range)> _doubted = [];
    private readonly GrantIndex _grants = new();
    private readonly EpochPositions _done = new(epochs, samples);
    private long _lastId;

    /// <summary>The epoch that is being granted, from 1.</summary>
    public int Epoch => _ungranted.Epoch;

    /// <summary>Epochs of which every position is done, counted from the first without a gap.</summary>
    public int CompleteEpochs => _done.CompleteEpochs;

    /// <summary>Whether every position of every epoch is done.</summary>
    public bool Complete => _done.AreComplete;

    /// <summary>Grants that have not ended.</summary>
    public IReadOnlyCollection<Grant> Grants => _grants.All;

    /// <summary>Whether a worker holds a lease.</summary>
    /// <param name="holder">The worker.</param>
    public bool Holds(string holder) => _grants.Holds(holder);

    /// <summary>The last epoch that may be granted now; every epoch, unless evaluations are behind.</summary>
    public int LastEpoch
    {
        get => _ungranted.LastEpoch;
        set => _ungranted.LastEpoch = value;
    }

    /// <summary>The first place of the order that is to be granted.</summary>
    public SampleRange FirstUngranted => _ungranted.First;

    /// <summary>Whether nothing is granted because evaluations are behind.</summary>
    public bool AwaitsEvaluation => _ungranted.AreHeldBack;

    /// <summary>Whether it waits for the shards' counts of something that was taken back.</summary>
    public bool InDoubt => _doubted.Count > 0;

    /// <summary>
    /// The epochs of which something can be granted now, in order, and how many samples; the epoch after the current
    /// one last.
    /// </summary>
    public IEnumerable<(int Epoch, int Samples)> Offers => _ungranted.Offers;

    /// <summary>The first position that is not known to be done; null when all are.</summary>
    public (int Epoch, int Position)? FirstOpen =>
        Complete ? null : (CompleteEpochs + 1, _done[CompleteEpochs + 1].FirstMissing);

    /// <summary>
    /// The longest range of an epoch that <see cref="Take"/> grants next; null when the epoch has none.
    /// </summary>
    public (int Start, int End)? NextOf(int epoch) => _ungranted.NextOf(epoch);

    /// <summary>Grants positions of an epoch.</summary>
    /// <param name="holder">The worker that gets them.</param>
    /// <param name="epoch">One of <see cref="Offers"/>.</param>
    /// <param name="size">At most so many, ≥ 1; more where the rest would be too short for a gradient.</param>
    /// <param name="microBatch">Samples a gradient, ≥ 1.</param>
    /// <param name="now">Time of the grant, on the scheduler's clock.</param>
    /// <param name="localSteps">Gradients a push, where the worker takes the steps; 0 where the shards do.</param>
    /// <param name="before">The position that the lease ends before: the end of a synchronous step.</param>
    /// <returns>The lease; null when nothing of the epoch can be granted now.</returns>
    public Lease? Take(
        string holder,
        int epoch,
        int size,
        int microBatch,
        TimeSpan now,
        int localSteps = 0,
        int before = int.MaxValue
    ) =>
        _ungranted.Take(epoch, size, before) is { } range
            ? AddGrant(holder, range, Math.Max(microBatch, least), localSteps, now, repeats: null)
            : null;

    /// <summary>
    /// Grants a range that one worker holds to another worker as well. Each position counts once, from the first push.
    /// </summary>
    /// <param name="grant">The other's grant.</param>
    /// <param name="holder">The worker that gets it, too.</param>
    /// <param name="range">The part of it that is to be repeated.</param>
    /// <param name="now">Time of the grant, on the scheduler's clock.</param>
    public Lease Repeat(Grant grant, string holder, SampleRange range, TimeSpan now)
    {
        grant.Repeated = true;
        return AddGrant(holder, range, grant.Lease.MicroBatchSize, grant.Lease.LocalSteps, now, grant.Lease.Id);
    }

    /// <summary>
    /// Ends a lease: what is not in <paramref name="undone"/> is done, the rest is in doubt until <see cref="Settle"/>.
    /// </summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="undone">What was refused or not begun.</param>
    /// <param name="round">The next round of the shards' counts.</param>
    /// <returns>The grant; null when it was taken back before: then the lease of its next holder counts.</returns>
    public Grant? End(long leaseId, IReadOnlyList<SampleRange> undone, long round)
    {
        if (_grants.Find(leaseId) is not { } grant)
            return null;
        _grants.Remove(grant);
        var range = grant.Lease.Range;
        var position = range.Start;
        foreach (var part in undone.OrderBy(part => part.Start))
        {
            MarkDone(range.Epoch, position, part.Start);
            _doubted.Add((round, part));
            position = part.End;
        }
        MarkDone(range.Epoch, position, range.End);
        return grant;
    }

    /// <summary>Takes back every lease of a holder.</summary>
    /// <param name="holder">The worker that held them.</param>
    /// <param name="round">The next round of the shards' counts.</param>
    /// <returns>Number of samples taken back.</returns>
    public int TakeBack(string holder, long round) =>
        TakeBack(_grants.HeldBy(holder), round).Sum(grant => grant.Lease.Range.Count);

    /// <summary>A holder makes progress: its leases do not expire.</summary>
    public void Renew(string holder, TimeSpan now)
    {
        foreach (var grant in _grants.HeldBy(holder))
            grant.Renewed = now;
    }

    /// <summary>No holder could make progress until now: no lease has expired.</summary>
    public void Renew(TimeSpan now)
    {
        foreach (var grant in _grants.All)
            grant.Renewed = now;
    }

    /// <summary>Takes back the leases whose holders have shown no progress for <paramref name="timeout"/>.</summary>
    public IReadOnlyList<Grant> Expire(TimeSpan now, TimeSpan timeout, long round) =>
        TakeBack(_grants.All.Where(grant => now - grant.Renewed > timeout), round);

    /// <summary>
    /// The shards have reported what they have applied: that is done. The rest of what was in doubt before their round
    /// is granted again.
    /// </summary>
    /// <param name="round">The round of the counts.</param>
    /// <param name="applied">By epoch, the positions that every shard has applied.</param>
    /// <param name="cuts">By epoch, where ranges that some shard has applied begin and end: no lease on returned
    /// positions crosses one.</param>
    public void Settle(
        long round,
        IReadOnlyDictionary<int, PositionSet> applied,
        IReadOnlyDictionary<int, SortedSet<int>>? cuts = null
    )
    {
        _ungranted.Cuts = cuts ?? _ungranted.Cuts;
        foreach (var (epoch, positions) in applied)
        foreach (var (start, end) in positions.Ranges)
            MarkDone(epoch, start, end);
        foreach (var (_, range) in _doubted.Where(doubted => doubted.Round <= round))
        foreach (var (start, end) in NeitherDoneNorHeld(range))
            _ungranted.Return(range.Epoch, start, end);
        _doubted.RemoveAll(doubted => doubted.Round <= round);
    }

    /// <summary>The parts of a grant that are not known to be done.</summary>
    public IReadOnlyList<SampleRange> OpenPartsOf(Grant grant)
    {
        var range = grant.Lease.Range;
        return
        [
            .. _done[range.Epoch]
                .MissingFrom(range.Start, range.End)
                .Select(open => new SampleRange(range.Epoch, open.Start, open.End - open.Start)),
        ];
    }

    /// <summary>Goes on with a job of another coordinator: begins with what the shards have applied.</summary>
    /// <param name="applied">By epoch, the positions that every shard has applied.</param>
    /// <param name="cuts">By epoch, where ranges that some shard has applied begin and end.</param>
    public void Adopt(
        IReadOnlyDictionary<int, PositionSet> applied,
        IReadOnlyDictionary<int, SortedSet<int>>? cuts = null
    )
    {
        _ungranted.Cuts = cuts ?? _ungranted.Cuts;
        // Where any shard has something of an epoch, another may lack it.
        var furthest = _ungranted.Cuts.Keys.DefaultIfEmpty(0).Max();
        foreach (var (epoch, positions) in applied.Where(epoch => epoch.Value.Count > 0))
        {
            foreach (var (start, end) in positions.Ranges)
                MarkDone(epoch, start, end);
            furthest = Math.Max(furthest, epoch);
        }
        _ungranted.Adopt(furthest, epoch => _done[epoch].MissingFrom(0, samples));
    }

    private Lease AddGrant(
        string holder,
        SampleRange range,
        int microBatch,
        int localSteps,
        TimeSpan now,
        long? repeats
    )
    {
        var lease = new Lease(++_lastId, range, microBatch, localSteps, least);
        _grants.Add(new Grant(lease, holder, now, repeats));
        return lease;
    }

    private void MarkDone(int epoch, int start, int end)
    {
        _done[epoch].Add(start, end);
        _ungranted.Remove(epoch, start, end);
    }

    private List<Grant> TakeBack(IEnumerable<Grant> which, long round)
    {
        var grants = which.ToList();
        foreach (var grant in grants)
        {
            _grants.Remove(grant);
            _doubted.Add((round, grant.Lease.Range));
        }
        return grants;
    }

    // What another worker holds as well comes back when its last holder gives it back.
    private IReadOnlyList<(int Start, int End)> NeitherDoneNorHeld(SampleRange range)
    {
        var open = PositionSet.From(_done[range.Epoch].MissingFrom(range.Start, range.End));
        foreach (var held in _grants.All.Select(grant => grant.Lease.Range))
            if (held.Epoch == range.Epoch)
                open.Remove(held.Start, held.End);
        return open.Ranges;
    }
}
