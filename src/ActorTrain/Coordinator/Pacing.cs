using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Leases;

namespace ActorTrain.Coordinator;

/// <summary>
/// Who may go on, and who is too far ahead of the slowest: the lead that staleness allows in leases, and the clocks of
/// consistency in gradients.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="book">Who holds what.</param>
internal sealed class Pacing(JobOptions job, LeaseBook book)
{
    private IConsistency? _bound = ConsistencyModes.Of(job.Consistency);

    /// <summary>How tightly the workers march.</summary>
    public ConsistencyOptions Consistency { get; private set; } = job.Consistency;

    /// <summary>Leases that a worker may be ahead of the slowest; 0 for as many as it likes.</summary>
    public int Lead { get; private set; } = job.Staleness.Lead;

    /// <summary>Whether anybody may have to wait for a slower one.</summary>
    public bool HoldsBack => Lead > 0 || Consistency.Mode != ConsistencyMode.Asynchronous;

    /// <summary>Another consistency: clocks are counted from now on.</summary>
    public void March(ConsistencyOptions consistency, IEnumerable<WorkerRecord> workers)
    {
        (Consistency, _bound) = (consistency, ConsistencyModes.Of(consistency));
        foreach (var worker in workers)
            worker.Clock = 0;
    }

    /// <summary>Another lead: leases are counted from now on.</summary>
    public void Allow(int lead, IEnumerable<WorkerRecord> workers)
    {
        Lead = lead;
        foreach (var worker in workers)
            worker.Leases = 0;
    }

    /// <summary>Who begins, or begins again, is as far as the slowest: nobody waits for what it has missed.</summary>
    public void Begins(WorkerRecord worker, IEnumerable<WorkerRecord> others)
    {
        // A look at all for each that begins, and nobody asks how far it is.
        if (!HoldsBack)
            return;
        (worker.Leases, worker.Clock) = (
            others.Select(other => other.Leases).DefaultIfEmpty(0).Min(),
            others.Select(other => other.Clock).DefaultIfEmpty(0).Min()
        );
    }

    /// <summary>
    /// Who was stuck, and asks again, is as far as the slowest of those that were not: nobody waits for it.
    /// </summary>
    public void Resumes(WorkerRecord worker, IEnumerable<WorkerRecord> others)
    {
        worker.Leases = Math.Max(worker.Leases, others.Select(other => other.Leases).DefaultIfEmpty(0).Min());
        worker.Clock = Math.Max(worker.Clock, others.Select(other => other.Clock).DefaultIfEmpty(0).Min());
    }

    /// <summary>
    /// Gradients that each worker may begin beyond those of the leases that it holds: the k-th begins k clocks further
    /// on.
    /// </summary>
    /// <param name="heard">Who holds a lease or asks for one: nobody waits for others.</param>
    public Func<WorkerRecord, long> Look(IEnumerable<WorkerRecord> heard)
    {
        if (!HoldsBack)
            return _ => long.MaxValue;
        if (Consistency.CountsContributions)
        {
            var grants = book.Grants.CountBy(grant => grant.Holder).ToDictionary();
            // One for the step, and one in hand for the next.
            return worker => grants.GetValueOrDefault(worker.Node) < 2 ? 1 : 0;
        }
        var furthest = heard.Select(worker => worker.Leases).DefaultIfEmpty(0).Min() + Lead;
        if (_bound is not { } bound || heard.MinBy(worker => worker.Clock) is not { } slowest)
            return worker => Lead > 0 && worker.Leases > furthest ? 0 : long.MaxValue;
        var held = book
            .Grants.AggregateBy(grant => grant.Holder, 0L, (parts, grant) => parts + grant.Lease.Parts.Count)
            .ToDictionary();
        return worker =>
            Lead > 0 && worker.Leases > furthest
                ? 0
                : Math.Max(
                    0,
                    bound.MostAhead(PaceOf(worker), PaceOf(slowest))
                        - (worker.Clock + held.GetValueOrDefault(worker.Node) - slowest.Clock)
                        + 1
                );
    }

    private Pace PaceOf(WorkerRecord worker) =>
        new(
            worker.Node,
            worker.Clock,
            worker.FinishedAt,
            worker.Throughput > 0 ? TimeSpan.FromSeconds(job.PushSamples / worker.Throughput) : TimeSpan.Zero
        );
}
