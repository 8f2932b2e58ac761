using ActorTrain.Consistency;
using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>
/// Decides which worker computes which part of a synchronous step. Each worker has its share of a step by throughput,
/// so that all finish it at one time, and may already hold a part of the next step. Samples that belong to no share go
/// to the next worker that requests a lease, since all workers wait for the last part of a step. A waiting worker
/// repeats the part of a straggler.
/// </summary>
/// <param name="grid">How an epoch is cut into steps.</param>
/// <param name="batch">The job's batch size.</param>
/// <param name="wholeShares">Whether a worker's share of a step is one push; otherwise each push is of one batch, or of
/// as many as there are local steps.</param>
/// <param name="repeats">Whether stragglers are repeated.</param>
/// <param name="localSteps">Steps that a worker takes before it pushes; 0 where each gradient is a push.</param>
internal sealed class StepPlanner(StepGrid grid, int batch, bool wholeShares, bool repeats, int localSteps = 0)
{
    // Samples of each step that workers were granted, by node.
    private readonly Dictionary<SampleRange, Dictionary<string, int>> _granted = [];
    private (SampleRange Step, TimeSpan Since) _current;
    private (IReadOnlyList<PlannedWorker>? Workers, int Count, IReadOnlyList<int> Shares) _divided = (null, 0, []);

    /// <summary>The next lease of a worker: one gradient; null when there is nothing for it now.</summary>
    /// <param name="table">What is to be trained on; the grant is added to it.</param>
    /// <param name="workers">All workers that share the step.</param>
    /// <param name="asks">The one of them that requests a lease.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public PlannedLease? Next(LeaseTable table, IReadOnlyList<PlannedWorker> workers, PlannedWorker asks, TimeSpan now)
    {
        if (table.FirstOpen is not var (openEpoch, openPosition))
            return null;
        GoTo(grid.StepOf(openEpoch, openPosition), now);
        if (Grant(table, workers, asks, now) is { } lease)
            return new PlannedLease(lease, null);
        return repeats ? Repeat(table, workers, asks, now) : null;
    }

    /// <summary>Forgets what a worker was granted: it begins again.</summary>
    public void Forget(string node)
    {
        foreach (var granted in _granted.Values)
            granted.Remove(node);
    }

    private void GoTo(SampleRange current, TimeSpan now)
    {
        if (_current.Step != current)
            _current = (current, now);
        foreach (var past in _granted.Keys.Where(step => IsBefore(step, current)).ToList())
            _granted.Remove(past);
    }

    private Lease? Grant(LeaseTable table, IReadOnlyList<PlannedWorker> workers, PlannedWorker asks, TimeSpan now)
    {
        foreach (var (epoch, _) in table.Offers.Where(offer => offer.Samples > 0))
        {
            if (table.NextOf(epoch) is not var (start, end))
                continue;
            var step = grid.StepOf(epoch, start);
            if (step != _current.Step && step != grid.After(_current.Step))
                return null;
            var size = SizeOf(table, workers, asks, step, start, Math.Min(end, step.End) - start);
            if (size <= 0 || TakeFrom(table, asks, step, size, now) is not { } lease)
                return null;
            var granted = GrantedOf(step);
            granted[asks.Node] = granted.GetValueOrDefault(asks.Node) + lease.Range.Count;
            return lease;
        }
        return null;
    }

    private int SizeOf(
        LeaseTable table,
        IReadOnlyList<PlannedWorker> workers,
        PlannedWorker asks,
        SampleRange step,
        int start,
        int left
    )
    {
        var size = ShareOf(step, workers, asks.Node, left);
        // An idle worker computes what the current step still waits for, even beyond its share.
        if (size <= 0 && step == _current.Step && !table.Holds(asks.Node))
            size = left;
        if (size <= 0)
            return 0;
        var push = batch * Math.Max(1, localSteps);
        return Math.Min(left, wholeShares ? size : push - (start - step.Start) % push);
    }

    private Lease? TakeFrom(LeaseTable table, PlannedWorker asks, SampleRange step, int size, TimeSpan now)
    {
        var gradient = Math.Min(localSteps > 0 ? batch : size, asks.MostSamples);
        return table.Take(
            asks.Node,
            step.Epoch,
            size,
            gradient,
            now,
            localSteps > 0 ? (size + gradient - 1) / gradient : 0,
            before: step.End
        );
    }

    private PlannedLease? Repeat(
        LeaseTable table,
        IReadOnlyList<PlannedWorker> workers,
        PlannedWorker asks,
        TimeSpan now
    )
    {
        var inStep = table.Grants.Where(grant => _current.Step.Contains(grant.Lease.Range)).ToList();
        if (inStep.Any(grant => grant.Holder == asks.Node))
            return null;
        var straggling = inStep.Find(grant => !grant.IsShared && IsStraggling(grant, workers, now));
        return straggling is null
            ? null
            : new PlannedLease(table.Repeat(straggling, asks.Node, straggling.Lease.Range, now), straggling);
    }

    private bool IsStraggling(LeaseTable.Grant grant, IReadOnlyList<PlannedWorker> workers, TimeSpan now)
    {
        var speed = workers.FirstOrDefault(worker => worker.Node == grant.Holder)?.SamplesPerSecond ?? 0;
        var taken = now - (grant.At > _current.Since ? grant.At : _current.Since);
        return taken >= LeasePlanner.ShortestRepeat
            && (speed <= 0 || taken.TotalSeconds >= 2 * grant.Lease.Range.Count / speed);
    }

    // What is left of the worker's own share, or more where the other shares leave more.
    private int ShareOf(SampleRange step, IReadOnlyList<PlannedWorker> workers, string asks, int left)
    {
        var shares = SharesOf(step, workers);
        var granted = GrantedOf(step);
        var (own, others) = (0L, 0L);
        for (var i = 0; i < workers.Count; i++)
        {
            var open = Math.Max(0, shares[i] - granted.GetValueOrDefault(workers[i].Node));
            if (workers[i].Node == asks)
                own = open;
            else
                others += open;
        }
        return (int)Math.Max(own, left - others);
    }

    private IReadOnlyList<int> SharesOf(SampleRange step, IReadOnlyList<PlannedWorker> workers)
    {
        // The same for all that get leases at one time.
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
        return _divided.Shares;
    }

    private Dictionary<string, int> GrantedOf(SampleRange step)
    {
        if (!_granted.TryGetValue(step, out var granted))
            _granted.Add(step, granted = []);
        return granted;
    }

    private static bool IsBefore(SampleRange one, SampleRange other) =>
        one.Epoch < other.Epoch || (one.Epoch == other.Epoch && one.Start < other.Start);
}
