using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>
/// Workers ask for leases, one after the other, at one time: see <see cref="LeasePlanner"/>. For n workers a round
/// costs n·log n, and each that asks about as little as one look-up.
/// </summary>
public sealed class PlanningRound
{
    private const double MostOfItsTime = 0.75;
    private readonly BalanceOptions _options;
    private readonly LeaseBook _book;
    private readonly IReadOnlyList<PlannedWorker> _workers;
    private readonly TimeSpan _now;
    private readonly (long Samples, TimeSpan Since)[] _held;
    private readonly double?[] _busy;
    private readonly Dictionary<int, FinishOrder> _finishers = [];
    private double _speed;
    private double _work;
    private List<(LeaseBook.Grant Grant, double Seconds)>? _late;

    internal PlanningRound(
        BalanceOptions options,
        LeaseBook book,
        IReadOnlyList<PlannedWorker> workers,
        LeaseDivision division,
        TimeSpan now
    )
    {
        (_options, _book, _workers, Division, _now) = (options, book, workers, division, now);
        _held = new (long, TimeSpan)[workers.Count];
        _busy = new double?[workers.Count];
        Array.Fill(_held, (0, now));
        foreach (var grant in book.Grants)
            if (division.Has(grant.Holder, out var i))
                Hold(i, grant.Lease.Stretch.Count, grant.At);
        for (var i = 0; i < workers.Count; i++)
            Count(i);
    }

    /// <summary>
    /// How batch and leases are divided; it holds for as long as workers and their throughput are what they were.
    /// </summary>
    public LeaseDivision Division { get; }

    /// <summary>The next lease of a worker; null when it is better left without one now.</summary>
    /// <param name="node">Who asks.</param>
    public PlannedLease? Next(string node)
    {
        if (!Division.Has(node, out var asks))
            throw new ArgumentException($"{node} is none of the workers that train.", nameof(node));
        var offers = _book.Offers.Where(offer => offer.Samples > 0).ToList();
        foreach (var (epoch, left) in offers)
        {
            if (
                SizeOf(asks, left) is > 0 and var size
                && _book.Take(node, epoch, size, Division.MicroBatchOf(asks), _now, Division.LocalStepsOf(asks))
                    is { } lease
            )
            {
                Granted(asks, lease);
                return new PlannedLease(lease, null);
            }
        }
        if (offers.Count > 0 || _book.InDoubt || !_options.Repeat || Repeat(asks) is not { } repeated)
            return null;
        Granted(asks, repeated.Lease);
        return repeated;
    }

    private void Hold(int worker, int samples, TimeSpan since) =>
        _held[worker] = (_held[worker].Samples + samples, since < _held[worker].Since ? since : _held[worker].Since);

    private void Granted(int worker, Lease lease)
    {
        Count(worker, -1);
        Hold(worker, lease.Stretch.Count, _now);
        Count(worker);
        foreach (var (samples, order) in _finishers)
            order.Set(worker, FinishOf(worker, samples));
        _late = null;
    }

    // What a worker adds to all that are counted on.
    private void Count(int i, int sign = 1)
    {
        var worker = _workers[i];
        if (sign > 0)
            _busy[i] = BusyOf(worker, _held[i]);
        if (!IsCountedOn(i))
            return;
        _speed += sign * worker.SamplesPerSecond;
        _work += sign * _busy[i]!.Value * worker.SamplesPerSecond;
    }

    private bool IsCountedOn(int i) => !_workers[i].IsUnavailable && _busy[i] is not null;

    /// <summary>
    /// Seconds that a worker still has to do by its throughput; null where that is not known, or where it should have
    /// finished long ago, so that nobody counts on it.
    /// </summary>
    private double? BusyOf(PlannedWorker worker, (long Samples, TimeSpan Since) held)
    {
        if (worker.SamplesPerSecond <= 0)
            return null;
        var (expected, taken) = (held.Samples / worker.SamplesPerSecond, (_now - held.Since).TotalSeconds);
        return taken > 2 * expected + 1 ? null : Math.Max(0, expected - taken);
    }

    private int SizeOf(int asks, int left)
    {
        var most = Division.MostOf(asks);
        return _options.Lease ? Fitting(asks, Division.PartOf(asks), most, left) : Math.Min(most, left);
    }

    private int Fitting(int asks, int part, int most, int left)
    {
        var speed = _workers[asks].SamplesPerSecond;
        var (others, work) = IsCountedOn(asks) ? (_speed - speed, _work - _busy[asks]!.Value * speed) : (_speed, _work);
        // What is left of a difference of sums is no worker.
        if (speed == 0 || others < 1e-9 * _speed || others <= 0)
            return Math.Min(most, left);

        var busy = _busy[asks] ?? 0;
        var all = speed + others;
        var end = (left + busy * speed + work) / all;
        var shrunk = Math.Max(part, Whole(left * speed / all / 2));
        var fits = Math.Min(Math.Min(most, shrunk), Whole((end - busy) * speed));
        if (fits >= part)
            return (int)Math.Min(fits, left);

        // Not a whole push: whoever would be done with one first gets it.
        var one = Math.Min(part, left);
        return busy + one / speed <= FinishOrderOf(one).FirstBut(asks) ? one : 0;

        double Whole(double samples) => Math.Floor(samples / part + 1e-9) * part;
    }

    private FinishOrder FinishOrderOf(int samples)
    {
        if (!_finishers.TryGetValue(samples, out var order))
            _finishers.Add(
                samples,
                order = new FinishOrder(Enumerable.Range(0, _workers.Count).Select(i => FinishOf(i, samples)))
            );
        return order;
    }

    // When a worker would be done with so many samples more; never, where nobody counts on it.
    private double FinishOf(int worker, int samples) =>
        IsCountedOn(worker)
            ? _busy[worker]!.Value + samples / _workers[worker].SamplesPerSecond
            : double.PositiveInfinity;

    private PlannedLease? Repeat(int asks)
    {
        var worker = _workers[asks];
        if (worker.SamplesPerSecond == 0)
            return null;
        var slowest = Late.Find(late => late.Grant.Holder != worker.Node);
        if (slowest.Grant is not { } grant || slowest.Seconds < LeasePlanner.WorthRepeating.TotalSeconds)
            return null;

        var open = _book.OpenPartsOf(grant);
        var undone = open.Sum(part => part.Count);
        var lease = grant.Lease;
        // Both are done at one time when the tail that is repeated follows the speeds; who does not move is not counted
        // on.
        var part = double.IsInfinity(slowest.Seconds)
            ? 1
            : worker.SamplesPerSecond / (worker.SamplesPerSecond + undone / slowest.Seconds);
        var pieces = Math.Max(1, (int)Math.Round(undone * part / lease.PartSamples));
        pieces = Math.Min(pieces, Math.Max(1, worker.MostPushes));
        if (pieces * lease.PartSamples / worker.SamplesPerSecond > MostOfItsTime * slowest.Seconds)
            return null;

        // On the holder's own cuts, so that a push of the one is a push of the other.
        var cuts = lease.Parts.Where(cut => cut.End > open[0].Start).ToList();
        var first = cuts[Math.Max(0, cuts.Count - pieces)].Start;
        var stretch = new LeasePart(lease.Stretch.Epoch, first, lease.Stretch.End - first);
        return new PlannedLease(_book.Repeat(grant, worker.Node, stretch, _now), grant);
    }

    // What may be repeated, the latest first.
    private List<(LeaseBook.Grant Grant, double Seconds)> Late =>
        _late ??= [
            .. _book
                .Grants.Where(grant => !grant.IsShared)
                .Select(grant => (Grant: grant, Seconds: Remaining(grant)))
                .OrderByDescending(late => late.Seconds),
        ];

    private double Remaining(LeaseBook.Grant held)
    {
        var undone = _book.OpenPartsOf(held).Sum(part => part.Count);
        if (undone == 0)
            return 0;
        return Division.Has(held.Holder, out var holder) && _busy[holder] is { } busy
            ? Math.Min(busy, undone / _workers[holder].SamplesPerSecond)
            : double.PositiveInfinity;
    }
}
