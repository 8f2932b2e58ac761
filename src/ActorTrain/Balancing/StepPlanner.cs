using ActorTrain.Consistency;
using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>
/// Decides who computes which part of a synchronous step. Each worker has its share of a step by throughput, so that
/// all are done with it at one time, and may hold a part of the step after it already. What nobody has a claim to goes
/// to whoever asks: a step waits for its last part, and all wait for the step. Who waits while another takes much
/// longer than it should repeats what that one holds.
/// </summary>
/// <param name="grid">How an epoch is cut into steps.</param>
/// <param name="batch">The job's batch.</param>
/// <param name="wholeShares">Whether a worker's share of a step is one push; otherwise each is of one batch, or of as
/// many as there are local steps.</param>
/// <param name="repeats">Whether stragglers are repeated.</param>
/// <param name="localSteps">Steps that a worker takes on its own before it pushes; 0 where each gradient is a
/// push.</param>
public sealed class StepPlanner(StepGrid grid, int batch, bool wholeShares, bool repeats, int localSteps = 0)
{
    private readonly Dictionary<LeasePart, Dictionary<string, int>> _given = [];
    private (LeasePart Step, TimeSpan Since) _current;
    private (IReadOnlyList<PlannedWorker>? Workers, int Count, IReadOnlyList<int> Shares) _divided = (null, 0, []);

    /// <summary>The next lease of a worker: one gradient; null when there is nothing for it now.</summary>
    /// <param name="book">What is to be done; what is granted is written in it.</param>
    /// <param name="workers">All that are counted on.</param>
    /// <param name="asks">Who asks: one of them.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public PlannedLease? Next(LeaseBook book, IReadOnlyList<PlannedWorker> workers, PlannedWorker asks, TimeSpan now)
    {
        if (book.FirstOpen is not var (openEpoch, openPosition))
            return null;
        var current = grid.StepOf(openEpoch, openPosition);
        if (_current.Step != current)
            _current = (current, now);
        foreach (var past in _given.Keys.Where(step => IsBefore(step, current)).ToList())
            _given.Remove(past);
        foreach (var (epoch, _) in book.Offers.Where(offer => offer.Samples > 0))
        {
            if (book.NextOf(epoch) is not var (start, end))
                continue;
            var step = grid.StepOf(epoch, start);
            if (step != current && step != grid.After(current))
                break;
            var size = SizeOf(book, workers, asks, step, start, Math.Min(end, step.End) - start);
            if (size <= 0 || TakeFrom(book, asks, step, size, now) is not { } lease)
                break;
            var given = GivenOf(step);
            given[asks.Node] = given.GetValueOrDefault(asks.Node) + lease.Stretch.Count;
            return new PlannedLease(lease, null);
        }
        return repeats ? Repeat(book, workers, asks, now) : null;
    }

    /// <summary>What a worker was given counts no more: it begins anew.</summary>
    public void Forget(string node)
    {
        foreach (var given in _given.Values)
            given.Remove(node);
    }

    private int SizeOf(
        LeaseBook book,
        IReadOnlyList<PlannedWorker> workers,
        PlannedWorker asks,
        LeasePart step,
        int start,
        int left
    )
    {
        var size = ShareOf(step, workers, asks.Node, left);
        // Who has nothing to do leaves nothing to others that the step waits for.
        if (size <= 0 && step == _current.Step && !book.Holds(asks.Node))
            size = left;
        if (size <= 0)
            return 0;
        var push = batch * Math.Max(1, localSteps);
        return Math.Min(left, wholeShares ? size : push - (start - step.Start) % push);
    }

    private Lease? TakeFrom(LeaseBook book, PlannedWorker asks, LeasePart step, int size, TimeSpan now)
    {
        var gradient = Math.Min(localSteps > 0 ? batch : size, asks.MostSamples);
        return book.Take(
            asks.Node,
            step.Epoch,
            size,
            gradient,
            now,
            localSteps > 0 ? (size + gradient - 1) / gradient : 0,
            before: step.End
        );
    }

    private PlannedLease? Repeat(LeaseBook book, IReadOnlyList<PlannedWorker> workers, PlannedWorker asks, TimeSpan now)
    {
        // Who holds a part of the step computes it.
        if (book.Grants.Any(grant => grant.Holder == asks.Node && _current.Step.Contains(grant.Lease.Stretch)))
            return null;
        foreach (
            var grant in book.Grants.Where(grant => !grant.IsShared && _current.Step.Contains(grant.Lease.Stretch))
        )
        {
            var stretch = grant.Lease.Stretch;
            var speed = workers.FirstOrDefault(worker => worker.Node == grant.Holder)?.SamplesPerSecond ?? 0;
            var taken = now - (grant.At > _current.Since ? grant.At : _current.Since);
            if (taken < LeasePlanner.WorthRepeating || (speed > 0 && taken.TotalSeconds < 2 * stretch.Count / speed))
                continue;
            return new PlannedLease(book.Repeat(grant, asks.Node, stretch, now), grant);
        }
        return null;
    }

    // Its own share, less what it was given of it, and what is left when all others have had theirs.
    private int ShareOf(LeasePart step, IReadOnlyList<PlannedWorker> workers, string asks, int left)
    {
        // The same for all that ask at one time.
        if (!ReferenceEquals(_divided.Workers, workers) || _divided.Count != step.Count)
            _divided = (
                workers,
                step.Count,
                MicroBatches.Divide(
                    [.. workers.Select(worker => new MicroBatches.Share(worker.SamplesPerSecond, worker.MostSamples))],
                    (step.Count + workers.Count - 1) / workers.Count,
                    slowest: 0,
                    grid.Least
                )
            );
        var shares = _divided.Shares;
        var given = GivenOf(step);
        var (own, others) = (0L, 0L);
        for (var i = 0; i < workers.Count; i++)
        {
            var claim = Math.Max(0, shares[i] - given.GetValueOrDefault(workers[i].Node));
            if (workers[i].Node == asks)
                own = claim;
            else
                others += claim;
        }
        return (int)Math.Max(own, left - others);
    }

    private Dictionary<string, int> GivenOf(LeasePart step)
    {
        if (!_given.TryGetValue(step, out var given))
            _given.Add(step, given = []);
        return given;
    }

    private static bool IsBefore(LeasePart one, LeasePart other) =>
        one.Epoch < other.Epoch || (one.Epoch == other.Epoch && one.Start < other.Start);
}
