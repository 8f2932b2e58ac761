using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>
/// Grants leases to several workers at one time, one after the other: see <see cref="LeasePlanner"/>. For n workers a
/// round costs n·log n, and each lease about as little as one look-up.
/// </summary>
internal sealed class PlanningRound
{
    // A repeat has to end this much earlier than the straggler is expected to.
    private const double MostOfRemainingTime = 0.75;
    private readonly BalanceOptions _options;
    private readonly LeaseTable _table;
    private readonly IReadOnlyList<PlannedWorker> _workers;
    private readonly TimeSpan _now;
    private readonly (long Samples, TimeSpan Since)[] _held;
    private readonly double?[] _remaining;
    private readonly Dictionary<int, FinishOrder> _finishOrders = [];

    // Sums over the workers that are expected to finish: samples a second, and samples that they still hold.
    private double _speed;
    private double _work;
    private List<(LeaseTable.Grant Grant, double Seconds)>? _stragglers;

    internal PlanningRound(
        BalanceOptions options,
        LeaseTable table,
        IReadOnlyList<PlannedWorker> workers,
        LeaseDivision division,
        TimeSpan now
    )
    {
        (_options, _table, _workers, Division, _now) = (options, table, workers, division, now);
        _held = new (long, TimeSpan)[workers.Count];
        _remaining = new double?[workers.Count];
        Array.Fill(_held, (0, now));
        foreach (var grant in table.Grants)
            if (division.Has(grant.Holder, out var holder))
                AddHeld(holder, grant.Lease.Range.Count, grant.At);
        for (var i = 0; i < workers.Count; i++)
            AddToSums(i);
    }

    /// <summary>
    /// How batch and leases are divided; valid while the workers and their throughput stay the same.
    /// </summary>
    public LeaseDivision Division { get; }

    /// <summary>The next lease of a worker; null when it should get none now.</summary>
    /// <param name="node">The node that requests it.</param>
    public PlannedLease? Next(string node)
    {
        if (!Division.Has(node, out var worker))
            throw new ArgumentException($"{node} is none of the workers that train.", nameof(node));
        var offers = _table.Offers.Where(offer => offer.Samples > 0).ToList();
        foreach (var (epoch, left) in offers)
        {
            if (
                SizeOf(worker, left) is > 0 and var size
                && _table.Take(node, epoch, size, Division.MicroBatchOf(worker), _now, Division.LocalStepsOf(worker))
                    is { } lease
            )
            {
                UpdateAfterGrant(worker, lease);
                return new PlannedLease(lease, null);
            }
        }
        if (offers.Count > 0 || _table.InDoubt || !_options.Repeat || Repeat(worker) is not { } repeated)
            return null;
        UpdateAfterGrant(worker, repeated.Lease);
        return repeated;
    }

    private void UpdateAfterGrant(int worker, Lease lease)
    {
        RemoveFromSums(worker);
        AddHeld(worker, lease.Range.Count, _now);
        AddToSums(worker);
        foreach (var (samples, order) in _finishOrders)
            order.Set(worker, FinishOf(worker, samples));
        _stragglers = null;
    }

    private void AddHeld(int worker, int samples, TimeSpan since) =>
        _held[worker] = (_held[worker].Samples + samples, since < _held[worker].Since ? since : _held[worker].Since);

    private void AddToSums(int worker)
    {
        _remaining[worker] = RemainingOf(_workers[worker], _held[worker]);
        ChangeSums(worker, 1);
    }

    private void RemoveFromSums(int worker) => ChangeSums(worker, -1);

    private void ChangeSums(int worker, int sign)
    {
        if (!IsExpectedToFinish(worker))
            return;
        var speed = _workers[worker].SamplesPerSecond;
        _speed += sign * speed;
        _work += sign * _remaining[worker]!.Value * speed;
    }

    private bool IsExpectedToFinish(int worker) => !_workers[worker].IsUnavailable && _remaining[worker] is not null;

    /// <summary>
    /// Seconds that a worker still needs for its leases by its throughput; null where that is unknown, or where it is
    /// so far overdue that the round does not rely on it.
    /// </summary>
    private double? RemainingOf(PlannedWorker worker, (long Samples, TimeSpan Since) held)
    {
        if (worker.SamplesPerSecond <= 0)
            return null;
        var expected = held.Samples / worker.SamplesPerSecond;
        var taken = (_now - held.Since).TotalSeconds;
        return taken > 2 * expected + 1 ? null : Math.Max(0, expected - taken);
    }

    private int SizeOf(int worker, int left)
    {
        var most = Division.MostOf(worker);
        return _options.Lease ? SizeByFinish(worker, Division.PartOf(worker), most, left) : Math.Min(most, left);
    }

    // The lease that ends when all workers would be done with what is left of the epoch, at most half of the worker's
    // share of it.
    private int SizeByFinish(int worker, int push, int most, int left)
    {
        var speed = _workers[worker].SamplesPerSecond;
        var (othersSpeed, othersWork) = (_speed, _work);
        if (IsExpectedToFinish(worker))
            (othersSpeed, othersWork) = (_speed - speed, _work - _remaining[worker]!.Value * speed);
        // The rounding error of a difference of sums is not a worker.
        var isAlone = othersSpeed < 1e-9 * _speed || othersSpeed <= 0;
        if (speed == 0 || isAlone)
            return Math.Min(most, left);

        var remaining = _remaining[worker] ?? 0;
        var allSpeed = speed + othersSpeed;
        var commonFinish = (left + remaining * speed + othersWork) / allSpeed;
        var halfShare = Math.Max(push, WholePushes(left * speed / allSpeed / 2));
        var fits = Math.Min(Math.Min(most, halfShare), WholePushes((commonFinish - remaining) * speed));
        if (fits >= push)
            return (int)Math.Min(fits, left);

        // Less than a push: the worker that would finish one first gets it.
        var last = Math.Min(push, left);
        return remaining + last / speed <= FinishOrderOf(last).FirstExcept(worker) ? last : 0;

        double WholePushes(double samples) => Math.Floor(samples / push + 1e-9) * push;
    }

    private FinishOrder FinishOrderOf(int samples)
    {
        if (!_finishOrders.TryGetValue(samples, out var order))
            _finishOrders.Add(
                samples,
                order = new FinishOrder(Enumerable.Range(0, _workers.Count).Select(i => FinishOf(i, samples)))
            );
        return order;
    }

    // Seconds until a worker would finish so many more samples; infinity where it is not expected to finish.
    private double FinishOf(int worker, int samples) =>
        IsExpectedToFinish(worker)
            ? _remaining[worker]!.Value + samples / _workers[worker].SamplesPerSecond
            : double.PositiveInfinity;

    private PlannedLease? Repeat(int index)
    {
        var worker = _workers[index];
        if (worker.SamplesPerSecond == 0)
            return null;
        var (straggling, seconds) = Stragglers.Find(straggler => straggler.Grant.Holder != worker.Node);
        if (straggling is not { } grant || seconds < LeasePlanner.ShortestRepeat.TotalSeconds)
            return null;

        var open = _table.OpenPartsOf(grant);
        var undone = open.Sum(part => part.Count);
        var lease = grant.Lease;
        // Both finish at one time when the repeated tail follows their speeds; a straggler whose speed is unknown is
        // repeated as a whole.
        var share = double.IsInfinity(seconds)
            ? 1
            : worker.SamplesPerSecond / (worker.SamplesPerSecond + undone / seconds);
        var pushes = Math.Max(1, (int)Math.Round(undone * share / lease.PartSamples));
        pushes = Math.Min(pushes, Math.Max(1, worker.MostPushes));
        if (pushes * lease.PartSamples / worker.SamplesPerSecond > MostOfRemainingTime * seconds)
            return null;

        // Cut as the holder cuts it, so that both push the same parts.
        var parts = lease.Parts.Where(part => part.End > open[0].Start).ToList();
        var start = parts[Math.Max(0, parts.Count - pushes)].Start;
        var range = new SampleRange(lease.Range.Epoch, start, lease.Range.End - start);
        return new PlannedLease(_table.Repeat(grant, worker.Node, range, _now), grant);
    }

    // Grants that may be repeated, the one that ends last first.
    private List<(LeaseTable.Grant Grant, double Seconds)> Stragglers =>
        _stragglers ??= [
            .. _table
                .Grants.Where(grant => !grant.IsShared)
                .Select(grant => (Grant: grant, Seconds: RemainingOf(grant)))
                .OrderByDescending(straggler => straggler.Seconds),
        ];

    private double RemainingOf(LeaseTable.Grant grant)
    {
        var undone = _table.OpenPartsOf(grant).Sum(part => part.Count);
        if (undone == 0)
            return 0;
        return Division.Has(grant.Holder, out var holder) && _remaining[holder] is { } remaining
            ? Math.Min(remaining, undone / _workers[holder].SamplesPerSecond)
            : double.PositiveInfinity;
    }
}
