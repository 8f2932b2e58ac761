using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Leases;

namespace ActorTrain.Coordinator;

/// <summary>
/// Decides which workers may go on, and which are too far ahead of the slowest: by the lead in leases that the
/// staleness policy allows, and by the clocks of the consistency model, in gradients.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="table">The job's leases.</param>
/// <param name="algorithms">Creates the consistency model.</param>
internal sealed class Pacing(JobOptions job, LeaseTable table, Algorithms algorithms)
{
    // With backup workers: one lease for the present step, and one for the next.
    private const int MostLeasesOfContributor = 2;

    private IConsistencyModel? _bound = algorithms.Create(job.Consistency);

    /// <summary>The consistency model.</summary>
    public ConsistencyOptions Consistency { get; private set; } = job.Consistency;

    /// <summary>Leases that a worker may be ahead of the slowest; 0 for any number.</summary>
    public int Lead { get; private set; } = job.Staleness.MaxLeaseLead;

    /// <summary>Whether a worker may have to wait for a slower one.</summary>
    public bool HoldsBack => Lead > 0 || Consistency.Mode != ConsistencyMode.Asynchronous;

    /// <summary>Another consistency model: clocks are counted from now on.</summary>
    public void SetConsistency(ConsistencyOptions consistency, IEnumerable<WorkerRecord> workers)
    {
        (Consistency, _bound) = (consistency, algorithms.Create(consistency));
        foreach (var worker in workers)
            worker.Clock = 0;
    }

    /// <summary>Another lead: leases are counted from now on.</summary>
    public void SetLead(int lead, IEnumerable<WorkerRecord> workers)
    {
        Lead = lead;
        foreach (var worker in workers)
            worker.Leases = 0;
    }

    /// <summary>A worker begins, or begins again, level with the slowest: the others do not wait for it.</summary>
    public void Begin(WorkerRecord worker, IEnumerable<WorkerRecord> others)
    {
        // It costs a pass over all workers, which is of no use here.
        if (!HoldsBack)
            return;
        (worker.Leases, worker.Clock) = (LeastLeases(others), LeastClock(others));
    }

    /// <summary>A worker that was stuck goes on at least level with the slowest of those that were not.</summary>
    public void CatchUp(WorkerRecord worker, IEnumerable<WorkerRecord> others)
    {
        worker.Leases = Math.Max(worker.Leases, LeastLeases(others));
        worker.Clock = Math.Max(worker.Clock, LeastClock(others));
    }

    /// <summary>
    /// Gradients that each worker may begin beyond those of its leases: each gradient advances its clock by 1.
    /// </summary>
    /// <param name="engaged">Workers that hold or request a lease; the others do not hold any worker back.</param>
    public Func<WorkerRecord, long> MayBegin(IEnumerable<WorkerRecord> engaged)
    {
        if (!HoldsBack)
            return _ => long.MaxValue;
        if (Consistency.CountsContributions)
            return MayContribute();
        var mostLeases = LeastLeases(engaged) + Lead;
        var byClock = MayBeginByClock(engaged);
        return worker => Lead > 0 && worker.Leases > mostLeases ? 0 : byClock(worker);
    }

    private Func<WorkerRecord, long> MayContribute()
    {
        var held = table.Grants.CountBy(grant => grant.Holder).ToDictionary();
        return worker => held.GetValueOrDefault(worker.Node) < MostLeasesOfContributor ? 1 : 0;
    }

    private Func<WorkerRecord, long> MayBeginByClock(IEnumerable<WorkerRecord> engaged)
    {
        if (_bound is not { } bound || engaged.MinBy(worker => worker.Clock) is not { } slowest)
            return _ => long.MaxValue;
        var held = table
            .Grants.AggregateBy(grant => grant.Holder, 0L, (gradients, grant) => gradients + grant.Lease.Parts.Count)
            .ToDictionary();
        return worker =>
        {
            var ahead = worker.Clock + held.GetValueOrDefault(worker.Node) - slowest.Clock;
            return Math.Max(0, bound.MostAhead(PaceOf(worker), PaceOf(slowest)) - ahead + 1);
        };
    }

    private static long LeastLeases(IEnumerable<WorkerRecord> workers) =>
        workers.Select(worker => worker.Leases).DefaultIfEmpty(0).Min();

    private static long LeastClock(IEnumerable<WorkerRecord> workers) =>
        workers.Select(worker => worker.Clock).DefaultIfEmpty(0).Min();

    private Pace PaceOf(WorkerRecord worker) =>
        new(
            worker.Node,
            worker.Clock,
            worker.FinishedAt,
            worker.Throughput > 0 ? TimeSpan.FromSeconds(job.PushSamples / worker.Throughput) : TimeSpan.Zero
        );
}
