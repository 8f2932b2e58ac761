namespace ActorTrain.Leases;

/// <summary>
/// Who trains on which samples: hands out every position of every epoch, takes back what was not done, and knows what
/// is left. What was taken back is in doubt until the shards have said what they hold of it (<see cref="Settle"/>): a
/// holder that was lost may have pushed some. A stretch may be granted twice (its holder was slow, or it is repeated on
/// purpose); the shards see to it that it counts once.
/// </summary>
/// <param name="samples">Training samples.</param>
/// <param name="epochs">Epochs in the job.</param>
/// <param name="least">Samples a gradient has at least: no stretch is granted so that fewer are left of it, ≥
/// 1.</param>
public sealed class LeaseBook(int samples, int epochs, int least = 1)
{
    private readonly SortedDictionary<int, PositionSet> _returned = [];
    private readonly List<(long Round, LeasePart Stretch)> _doubted = [];
    private readonly Dictionary<long, Grant> _grants = [];
    private readonly Dictionary<string, List<Grant>> _held = [];
    private readonly PositionSet[] _done = [.. Enumerable.Range(0, epochs).Select(_ => new PositionSet())];
    private IReadOnlyDictionary<int, SortedSet<int>> _cuts = new Dictionary<int, SortedSet<int>>();
    private long _lastId;
    private int _epoch = 1;
    private int _next;
    private int _complete;

    /// <summary>The epoch that is being handed out, from 1.</summary>
    public int Epoch => Math.Min(_epoch, epochs);

    /// <summary>Epochs of which every position is done, counted from the first without a gap.</summary>
    public int CompleteEpochs
    {
        get
        {
            while (_complete < epochs && _done[_complete].Count == samples)
                _complete++;
            return _complete;
        }
    }

    /// <summary>Whether every position of every epoch is done.</summary>
    public bool Complete => CompleteEpochs == epochs;

    /// <summary>Grants that have not ended.</summary>
    public IReadOnlyCollection<Grant> Grants => _grants.Values;

    /// <summary>Whether somebody holds a lease.</summary>
    /// <param name="holder">Who.</param>
    public bool Holds(string holder) => _held.ContainsKey(holder);

    /// <summary>The last epoch of which anything may be handed out now; all, unless evaluations are behind.</summary>
    public int LastEpoch { get; set; } = int.MaxValue;

    /// <summary>Whether nothing is handed out because evaluations are behind.</summary>
    public bool AwaitsEvaluation => _epoch > LastEpoch && _epoch <= epochs && _returned.Count == 0;

    /// <summary>Whether it waits for the shards' word on something that was taken back.</summary>
    public bool InDoubt => _doubted.Count > 0;

    /// <summary>
    /// The epochs of which something can be handed out now, with how much, in order; the epoch after the one that is
    /// being handed out last.
    /// </summary>
    public IEnumerable<(int Epoch, int Samples)> Offers
    {
        get
        {
            foreach (var (epoch, set) in _returned)
                if (epoch < _epoch)
                    yield return (epoch, set.Count);
            if (_epoch > Math.Min(epochs, LastEpoch))
                yield break;
            yield return (_epoch, samples - _next + (_returned.TryGetValue(_epoch, out var here) ? here.Count : 0));
            if (_epoch < Math.Min(epochs, LastEpoch))
                yield return (_epoch + 1, samples);
        }
    }

    /// <summary>The first position that is not known to be done; null when all are.</summary>
    public (int Epoch, int Position)? FirstOpen =>
        CompleteEpochs is var complete && complete == epochs ? null : (complete + 1, _done[complete].FirstMissing);

    /// <summary>
    /// The positions of an epoch that <see cref="Take"/> hands out next, at most; null when it has none.
    /// </summary>
    public (int Start, int End)? NextOf(int epoch) =>
        _returned.TryGetValue(epoch, out var returned) ? returned.Stretches[0]
        : epoch > epochs ? null
        : epoch == _epoch ? (_next, samples)
        : epoch == _epoch + 1 ? (0, samples)
        : null;

    /// <summary>Grants positions of an epoch.</summary>
    /// <param name="holder">Who gets them.</param>
    /// <param name="epoch">One of <see cref="Offers"/>.</param>
    /// <param name="size">At most so many, ≥ 1; and what would be left, where that is less than a gradient may
    /// have.</param>
    /// <param name="microBatch">Samples a gradient, ≥ 1.</param>
    /// <param name="now">Time of the grant, on the scheduler's clock.</param>
    /// <param name="localSteps">Gradients a push, where the worker takes the steps; 0 where the shards do.</param>
    /// <param name="before">The position that the lease ends before: the end of a synchronous step.</param>
    /// <returns>The lease; null when nothing of the epoch is left to hand out now.</returns>
    public Lease? Take(
        string holder,
        int epoch,
        int size,
        int microBatch,
        TimeSpan now,
        int localSteps = 0,
        int before = int.MaxValue
    ) =>
        NextStretch(epoch, size, before) is { } stretch
            ? Add(holder, stretch, Math.Max(microBatch, least), localSteps, now, repeats: null)
            : null;

    /// <summary>
    /// Grants a stretch that another holds to somebody else, too. Whoever is first, its positions count once.
    /// </summary>
    /// <param name="grant">The other's grant.</param>
    /// <param name="holder">Who gets it, too.</param>
    /// <param name="stretch">The part of it that is to be repeated.</param>
    /// <param name="now">Time of the grant, on the scheduler's clock.</param>
    public Lease Repeat(Grant grant, string holder, LeasePart stretch, TimeSpan now)
    {
        grant.Repeated = true;
        return Add(holder, stretch, grant.Lease.MicroBatch, grant.Lease.LocalSteps, now, repeats: grant.Lease.Id);
    }

    /// <summary>
    /// Ends a lease: what is not in <paramref name="undone"/> is done, the rest is in doubt until <see cref="Settle"/>.
    /// </summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="undone">What was refused or not begun.</param>
    /// <param name="round">The next round of the shards' counts.</param>
    /// <returns>The grant; null when it is not known any more: it was taken back, and whoever has it now will end
    /// it.</returns>
    public Grant? End(long leaseId, IReadOnlyList<LeasePart> undone, long round)
    {
        if (!_grants.TryGetValue(leaseId, out var grant))
            return null;
        Forget(grant);
        var stretch = grant.Lease.Stretch;
        var position = stretch.Start;
        foreach (var part in undone.OrderBy(part => part.Start))
        {
            Done(stretch.Epoch, position, part.Start);
            _doubted.Add((round, part));
            position = part.End;
        }
        Done(stretch.Epoch, position, stretch.End);
        return grant;
    }

    /// <summary>Takes back every lease of a holder.</summary>
    /// <param name="holder">Who held them.</param>
    /// <param name="round">The next round of the shards' counts.</param>
    /// <returns>Number of samples taken back.</returns>
    public int TakeBack(string holder, long round) =>
        TakeBack(HeldBy(holder), round).Sum(grant => grant.Lease.Stretch.Count);

    /// <summary>Notes that a holder is making progress: its leases stay its own.</summary>
    public void Renew(string holder, TimeSpan now)
    {
        foreach (var grant in HeldBy(holder))
            grant.Renewed = now;
    }

    /// <summary>Notes that nobody could make progress until now.</summary>
    public void Renew(TimeSpan now)
    {
        foreach (var grant in _grants.Values)
            grant.Renewed = now;
    }

    /// <summary>Takes back the leases whose holders have shown no progress for <paramref name="timeout"/>.</summary>
    public IReadOnlyList<Grant> Expire(TimeSpan now, TimeSpan timeout, long round) =>
        TakeBack(_grants.Values.Where(grant => now - grant.Renewed > timeout), round);

    /// <summary>
    /// The shards have said what they hold: it is done; what is left of that which was in doubt before their round is
    /// handed out again.
    /// </summary>
    /// <param name="round">The round of the counts.</param>
    /// <param name="applied">By epoch, the positions that every shard has applied.</param>
    /// <param name="cuts">By epoch, where what some shard has applied begins and ends: no lease on what was returned
    /// goes across.</param>
    public void Settle(
        long round,
        IReadOnlyDictionary<int, PositionSet> applied,
        IReadOnlyDictionary<int, SortedSet<int>>? cuts = null
    )
    {
        _cuts = cuts ?? _cuts;
        foreach (var (epoch, positions) in applied)
        foreach (var (start, end) in positions.Stretches)
            Done(epoch, start, end);
        foreach (var (_, stretch) in _doubted.Where(doubted => doubted.Round <= round))
        {
            var left = new PositionSet();
            foreach (var (start, end) in _done[stretch.Epoch - 1].MissingFrom(stretch.Start, stretch.End))
                left.Add(start, end);
            // What somebody else holds as well comes back when the last of them gives it back.
            foreach (var held in _grants.Values.Select(grant => grant.Lease.Stretch))
                if (held.Epoch == stretch.Epoch)
                    left.Remove(held.Start, held.End);
            foreach (var (start, end) in left.Stretches)
                Return(stretch.Epoch, start, end);
        }
        _doubted.RemoveAll(doubted => doubted.Round <= round);
    }

    /// <summary>What of a grant's stretch is not known to be done.</summary>
    public IReadOnlyList<LeasePart> OpenPartsOf(Grant grant)
    {
        var stretch = grant.Lease.Stretch;
        return
        [
            .. _done[stretch.Epoch - 1]
                .MissingFrom(stretch.Start, stretch.End)
                .Select(open => new LeasePart(stretch.Epoch, open.Start, open.End - open.Start)),
        ];
    }

    /// <summary>Begins with what the shards hold already: a book that is written anew.</summary>
    /// <param name="applied">By epoch, the positions that every shard has applied.</param>
    public void Resume(IReadOnlyDictionary<int, PositionSet> applied)
    {
        foreach (var (epoch, positions) in applied.Where(epoch => epoch.Value.Count > 0))
        {
            foreach (var (start, end) in positions.Stretches)
                Done(epoch, start, end);
            // All before the furthest epoch was handed out by the book that is lost; what is missing of it is handed
            // out again.
            if (epoch >= _epoch)
                (_epoch, _next) = (epoch, samples);
        }
        for (var epoch = 1; epoch <= Math.Min(_epoch, epochs) && _next == samples; epoch++)
            foreach (var (start, end) in _done[epoch - 1].MissingFrom(0, samples))
                Return(epoch, start, end);
        GoOnToNextEpoch();
    }

    private Lease Add(string holder, LeasePart stretch, int microBatch, int localSteps, TimeSpan now, long? repeats)
    {
        var lease = new Lease(++_lastId, stretch, microBatch, localSteps, least);
        var grant = new Grant(lease, holder, now, repeats);
        _grants.Add(lease.Id, grant);
        if (!_held.TryGetValue(holder, out var held))
            _held.Add(holder, held = []);
        held.Add(grant);
        return lease;
    }

    private void Forget(Grant grant)
    {
        _grants.Remove(grant.Lease.Id);
        var held = _held[grant.Holder];
        held.Remove(grant);
        if (held.Count == 0)
            _held.Remove(grant.Holder);
    }

    private List<Grant> HeldBy(string holder) => _held.GetValueOrDefault(holder) ?? [];

    private void Done(int epoch, int start, int end)
    {
        _done[epoch - 1].Add(start, end);
        if (!_returned.TryGetValue(epoch, out var returned))
            return;
        returned.Remove(start, end);
        if (returned.Count == 0)
            _returned.Remove(epoch);
    }

    private void Return(int epoch, int start, int end)
    {
        if (!_returned.TryGetValue(epoch, out var returned))
            _returned.Add(epoch, returned = new PositionSet());
        returned.Add(start, end);
    }

    private List<Grant> TakeBack(IEnumerable<Grant> which, long round)
    {
        var grants = which.ToList();
        foreach (var grant in grants)
        {
            Forget(grant);
            _doubted.Add((round, grant.Lease.Stretch));
        }
        return grants;
    }

    private LeasePart? NextStretch(int epoch, int size, int before)
    {
        if (_returned.TryGetValue(epoch, out var returned))
        {
            var (start, end) = returned.Stretches[0];
            end = Math.Min(end, before);
            // One shard may hold a part of it that another lacks: what is granted is new, or not new, to each as a
            // whole.
            if (
                _cuts.TryGetValue(epoch, out var cuts)
                && cuts.GetViewBetween(start + 1, int.MaxValue) is { Count: > 0 } after
            )
                end = Math.Min(end, after.Min);
            end = EndOf(start, size, end);
            returned.Remove(start, end);
            if (returned.Count == 0)
                _returned.Remove(epoch);
            return new LeasePart(epoch, start, end - start);
        }
        // The next epoch is begun only when this one's end was left to others: then the rest of this one comes back as
        // if returned.
        if (epoch == _epoch + 1 && epoch <= epochs)
        {
            Return(_epoch, _next, samples);
            (_epoch, _next) = (epoch, 0);
        }
        if (epoch != _epoch || epoch > epochs)
            return null;
        var stretch = new LeasePart(_epoch, _next, EndOf(_next, size, Math.Min(samples, before)) - _next);
        _next = stretch.End;
        GoOnToNextEpoch();
        return stretch;
    }

    // What would be left is taken, too, where it is too little for a gradient of its own.
    private int EndOf(int start, int size, int limit) =>
        limit - start - Math.Max(size, least) < least ? limit : start + Math.Max(size, least);

    private void GoOnToNextEpoch()
    {
        if (_next == samples)
            (_epoch, _next) = (_epoch + 1, 0);
    }

    /// <summary>A lease and its holder.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="holder">Who has it.</param>
    /// <param name="at">When it was granted.</param>
    /// <param name="repeats">The lease that this one repeats a part of; null for one of its own.</param>
    public sealed class Grant(Lease lease, string holder, TimeSpan at, long? repeats)
    {
        /// <summary>The lease.</summary>
        public Lease Lease { get; } = lease;

        /// <summary>Who has it.</summary>
        public string Holder { get; } = holder;

        /// <summary>When it was granted.</summary>
        public TimeSpan At { get; } = at;

        /// <summary>The lease that this one repeats a part of; null for one of its own.</summary>
        public long? Repeats { get; } = repeats;

        /// <summary>Whether another has some of it, too.</summary>
        public bool Repeated { get; internal set; }

        /// <summary>Whether two have it, or a part of it.</summary>
        public bool IsShared => Repeated || Repeats is not null;

        internal TimeSpan Renewed { get; set; } = at;
    }
}
