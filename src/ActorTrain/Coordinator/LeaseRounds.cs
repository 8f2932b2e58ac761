using ActorTrain.Balancing;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Staleness;

namespace ActorTrain.Coordinator;

/// <summary>
/// Grants leases outside synchronous steps: in rounds over all workers, and far from an epoch's end by the division of
/// the last round, so that a lease costs little where there are many workers.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="table">Its leases.</param>
/// <param name="pacing">Which workers have to wait for slower ones.</param>
/// <param name="monitors">Which workers get short leases.</param>
internal sealed class LeaseRounds(JobOptions job, LeaseTable table, Pacing pacing, GradientMonitors monitors)
{
    // With fewer workers, every lease that ends is followed by a round. With more, a division stays until a quarter as
    // many leases have ended: a throughput is a median of five leases, and changes less meanwhile.
    private const int FewWorkers = 64,
        WorkersPerEnd = 4;

    private readonly LeasePlanner _planner = new(
        job.Balance,
        job.BatchSize,
        job.MicroBatchesPerLease,
        job.LocalSteps,
        job.SmallestMicroBatch
    );

    // The division of the last round while it holds, the leases that may end before it does not, and the number of
    // waiting workers that it was tried for.
    private LeaseDivision? _division;
    private int _endsLeft;
    private int _tried;
    private bool _haveWorkersChanged;

    /// <summary>The division of the last round does not hold any more.</summary>
    public void Invalidate() => _division = null;

    /// <summary>A worker has joined or left.</summary>
    public void WorkersChanged() => (_division, _haveWorkersChanged) = (null, true);

    /// <summary>A lease has ended, and with it a throughput may have changed.</summary>
    public void LeaseEnded()
    {
        if (--_endsLeft < 0)
            _division = null;
    }

    /// <summary>Grants leases to waiting workers, and removes these from the list.</summary>
    /// <param name="waiting">The workers that request a lease, in order.</param>
    /// <param name="training">All workers that train.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    /// <param name="everyone">False: only to workers whose lease does not depend on others.</param>
    public IReadOnlyList<(WorkerRecord Worker, PlannedLease Lease)> Grant(
        List<WorkerRecord> waiting,
        IEnumerable<WorkerRecord> training,
        TimeSpan now,
        bool everyone
    )
    {
        var granted = new List<(WorkerRecord, PlannedLease)>();
        var wasDivided = _division is not null;
        GrantFarFromTheEnd(waiting, granted, now);
        // A worker that joins or leaves changes the leases of all: where many do at one time, one round is for them
        // all.
        var isRoundDue = everyone || (!wasDivided && !_haveWorkersChanged);
        if (waiting.Count > 0 && isRoundDue)
            GrantRound(waiting, [.. training], granted, now);
        return granted;
    }

    // Where no worker is held back, and enough samples are left, a lease does not depend on other workers.
    private void GrantFarFromTheEnd(
        List<WorkerRecord> waiting,
        List<(WorkerRecord, PlannedLease)> granted,
        TimeSpan now
    )
    {
        if (_division is null || pacing.HoldsBack)
            return;
        // Workers that got nothing before get nothing now: only later requests are tried.
        while (_tried < waiting.Count)
        {
            var worker = waiting[_tried];
            var (epoch, left) = table.Offers.FirstOrDefault(offer => offer.Samples > 0);
            if (
                monitors.LevelOf(worker.Node) != WorkLevel.Full
                || _division.FarFromTheEnd(worker.Node, left) is not var (size, microBatch, localSteps)
                || table.Take(worker.Node, epoch, size, microBatch, now, localSteps) is not { } lease
            )
            {
                _tried++;
                continue;
            }
            waiting.RemoveAt(_tried);
            granted.Add((worker, new PlannedLease(lease, null)));
        }
    }

    private void GrantRound(
        List<WorkerRecord> waiting,
        IReadOnlyList<WorkerRecord> training,
        List<(WorkerRecord, PlannedLease)> granted,
        TimeSpan now
    )
    {
        var byNode = waiting.ToDictionary(worker => worker.Node);
        var planned = Plan(training, worker => table.Holds(worker.Node) || byNode.ContainsKey(worker.Node));
        var round = _planner.Begin(table, planned, now);
        (_division, _tried, _haveWorkersChanged) = (round.Division, 0, false);
        _endsLeft = planned.Count < FewWorkers ? 0 : planned.Count / WorkersPerEnd;
        var candidates = planned.Where(worker => !worker.IsUnavailable && byNode.ContainsKey(worker.Node));
        foreach (var candidate in PlannedWorker.StrongestFirst(candidates))
        {
            if (round.Next(candidate.Node) is not { } lease)
                continue;
            byNode.Remove(candidate.Node, out var worker);
            granted.Add((worker!, lease));
        }
        waiting.RemoveAll(worker => !byNode.ContainsKey(worker.Node));
    }

    private List<PlannedWorker> Plan(IReadOnlyList<WorkerRecord> training, Func<WorkerRecord, bool> isEngaged)
    {
        var mayBegin = pacing.MayBegin(training.Where(isEngaged));
        return
        [
            .. training.Select(worker =>
            {
                var gradients = mayBegin(worker);
                var isReduced = monitors.LevelOf(worker.Node) == WorkLevel.Reduced;
                return worker.ToPlan(
                    isReduced ? StalenessMonitor.ReducedLease : 1,
                    isUnavailable: gradients < 1 || !isEngaged(worker),
                    gradients
                );
            }),
        ];
    }
}
