using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>A worker, as leases are planned for it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="IsGpu">Whether it computes on a GPU.</param>
/// <param name="SamplesPerSecond">Its throughput; 0 while nothing is known.</param>
/// <param name="MostSamples">Samples that its memory holds at once, ≥ 1.</param>
/// <param name="LeaseFactor">What its leases are shortened by, above 0 to 1.</param>
/// <param name="IsUnavailable">Whether it has to wait for slower ones, or neither holds a lease nor asks for one: then nobody leaves work to it.</param>
public sealed record PlannedWorker(
    string Node, bool IsGpu, double SamplesPerSecond, int MostSamples = int.MaxValue, double LeaseFactor = 1, bool IsUnavailable = false)
{
    /// <summary>Who is asked first: GPUs, then the faster.</summary>
    public static IEnumerable<PlannedWorker> StrongestFirst(IEnumerable<PlannedWorker> workers) =>
        workers.OrderByDescending(worker => worker.IsGpu).ThenByDescending(worker => worker.SamplesPerSecond).ThenBy(worker => worker.Node, StringComparer.Ordinal);
}

/// <summary>A lease that was decided on.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Repeats">The grant that it repeats the end of; null for work that nobody else has.</param>
public sealed record PlannedLease(Lease Lease, LeaseBook.Grant? Repeats);

/// <summary>
/// Decides how much a worker that asks gets. Leases take all workers equally long. At the end of an epoch they shrink (factoring, Hummel et al. 1992), and nobody
/// gets one that others would finish earlier without it: then it gets work of the next epoch. Where nothing is left at all, an idle worker repeats the end
/// of what a slower one holds.
/// </summary>
/// <param name="options">What of this is wanted.</param>
/// <param name="batch">The job's batch.</param>
/// <param name="leaseBatches">Micro-batches a lease.</param>
public sealed class LeasePlanner(BalanceOptions options, int batch, int leaseBatches)
{
    /// <summary>A straggler is not repeated for less than this.</summary>
    public static readonly TimeSpan WorthRepeating = TimeSpan.FromSeconds(0.5);

    private const double MostOfItsTime = 0.75;

    /// <summary>Samples a push of each worker, in order.</summary>
    public IReadOnlyList<int> MicroBatchesOf(IReadOnlyList<PlannedWorker> workers) => options.MicroBatch
        ? MicroBatches.Divide([.. workers.Select(worker => new MicroBatches.Share(worker.SamplesPerSecond, worker.MostSamples))], batch)
        : [.. workers.Select(worker => Math.Min(batch, worker.MostSamples))];

    /// <summary>The next lease of a worker; null when it is better left without one now.</summary>
    /// <param name="book">What is to be done.</param>
    /// <param name="workers">All that train, the one that asks among them.</param>
    /// <param name="node">Who asks.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public PlannedLease? Next(LeaseBook book, IReadOnlyList<PlannedWorker> workers, string node, TimeSpan now)
    {
        var index = workers.TakeWhile(worker => worker.Node != node).Count();
        var (worker, microBatch) = (workers[index], MicroBatchesOf(workers)[index]);
        var most = MostOf(workers, index, microBatch);
        var busy = new Dictionary<string, double?>();
        var held = book.Grants.ToLookup(grant => grant.Holder);
        foreach (var other in workers.Where(other => other.SamplesPerSecond > 0)) busy[other.Node] = BusyOf(other, held[other.Node], now);
        var offers = book.Offers.Where(offer => offer.Samples > 0).ToList();
        foreach (var (epoch, left) in offers)
            if (SizeOf(left) is > 0 and var size && book.Take(node, epoch, size, microBatch, now) is { } lease)
                return new PlannedLease(lease, null);
        return offers.Count == 0 && !book.InDoubt && options.Repeat ? Repeat(book, workers, worker, busy, now) : null;

        int SizeOf(int left) => options.Lease ? Fitting(workers, worker, busy, microBatch, most, left) : Math.Min(most, left);
    }

    private int MostOf(IReadOnlyList<PlannedWorker> workers, int index, int microBatch)
    {
        var samples = options.Lease
            ? MicroBatches.Divide([.. workers.Select(worker => new MicroBatches.Share(worker.SamplesPerSecond))], batch, slowest: 0)[index]
            : batch;
        var wanted = Math.Min(int.MaxValue / 2, (double)samples * leaseBatches * workers[index].LeaseFactor);
        return (int)Math.Max(1, Math.Ceiling(wanted / microBatch)) * microBatch;
    }

    private static int Fitting(
        IReadOnlyList<PlannedWorker> workers, PlannedWorker worker, Dictionary<string, double?> busyOf, int microBatch, int most, int left)
    {
        var speed = worker.SamplesPerSecond;
        var others = workers.Where(other => other != worker && !other.IsUnavailable && other.SamplesPerSecond > 0)
            .Select(other => (Speed: other.SamplesPerSecond, Busy: busyOf[other.Node])).Where(other => other.Busy is not null).ToList();
        if (speed == 0 || others.Count == 0) return Math.Min(most, left);

        var busy = busyOf[worker.Node] ?? 0;
        var all = speed + others.Sum(other => other.Speed);
        var end = (left + busy * speed + others.Sum(other => other.Busy!.Value * other.Speed)) / all;
        var shrunk = Math.Max(microBatch, Whole(left * speed / all / 2));
        var fits = Math.Min(Math.Min(most, shrunk), Whole((end - busy) * speed));
        if (fits >= microBatch) return (int)Math.Min(fits, left);

        // Not a whole micro-batch: whoever would be done with one first gets it.
        var one = Math.Min(microBatch, left);
        return busy + one / speed <= others.Min(other => other.Busy!.Value + one / other.Speed) ? one : 0;

        double Whole(double samples) => Math.Floor(samples / microBatch + 1e-9) * microBatch;
    }

    /// <summary>Seconds that a worker still has to do by its throughput; null where it should have finished long ago, so that nobody counts on it.</summary>
    private static double? BusyOf(PlannedWorker worker, IEnumerable<LeaseBook.Grant> held, TimeSpan now)
    {
        var (samples, since) = (0L, now);
        foreach (var grant in held)
        {
            samples += grant.Lease.Stretch.Count;
            if (grant.At < since) since = grant.At;
        }
        var (expected, taken) = (samples / worker.SamplesPerSecond, (now - since).TotalSeconds);
        return taken > 2 * expected + 1 ? null : Math.Max(0, expected - taken);
    }

    private static PlannedLease? Repeat(
        LeaseBook book, IReadOnlyList<PlannedWorker> workers, PlannedWorker worker, Dictionary<string, double?> busyOf, TimeSpan now)
    {
        if (worker.SamplesPerSecond == 0) return null;
        var slowest = book.Grants.Where(grant => grant.Holder != worker.Node && !grant.Repeated && grant.Repeats is null)
            .Select(grant => (Grant: grant, Seconds: Remaining(grant))).OrderByDescending(late => late.Seconds).FirstOrDefault();
        if (slowest.Grant is not { } grant || slowest.Seconds < WorthRepeating.TotalSeconds) return null;

        var open = book.OpenPartsOf(grant);
        var undone = open.Sum(part => part.Count);
        var lease = grant.Lease;
        // Both are done at one time when the tail that is repeated follows the speeds; who does not move is not counted on.
        var part = double.IsInfinity(slowest.Seconds) ? 1 : worker.SamplesPerSecond / (worker.SamplesPerSecond + undone / slowest.Seconds);
        var pieces = Math.Max(1, (int)Math.Round(undone * part / lease.MicroBatch));
        if (pieces * lease.MicroBatch / worker.SamplesPerSecond > MostOfItsTime * slowest.Seconds) return null;

        // On the holder's own cuts, so that a push of the one is a push of the other.
        var cuts = lease.Parts.Where(cut => cut.End > open[0].Start).ToList();
        var first = cuts[Math.Max(0, cuts.Count - pieces)].Start;
        var stretch = new LeasePart(lease.Stretch.Epoch, first, lease.Stretch.End - first);
        return new PlannedLease(book.Repeat(grant, worker.Node, stretch, now), grant);

        double Remaining(LeaseBook.Grant held)
        {
            var undone = book.OpenPartsOf(held).Sum(part => part.Count);
            if (undone == 0) return 0;
            var holder = workers.FirstOrDefault(other => other.Node == held.Holder);
            if (holder is null || holder.SamplesPerSecond == 0 || busyOf[holder.Node] is not { } busy) return double.PositiveInfinity;
            return Math.Min(busy, undone / holder.SamplesPerSecond);
        }
    }
}
