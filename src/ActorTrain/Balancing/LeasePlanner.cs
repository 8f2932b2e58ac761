using ActorTrain.Consistency;
using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>A worker that leases are planned for.</summary>
/// <param name="Node">Its node.</param>
/// <param name="IsGpu">Whether it computes on a GPU.</param>
/// <param name="SamplesPerSecond">Its throughput; 0 while it is unknown.</param>
/// <param name="MostSamples">Samples that its memory holds at once, ≥ 1.</param>
/// <param name="LeaseFactor">Factor on the length of its leases, above 0 to 1.</param>
/// <param name="IsUnavailable">Whether it has to wait for slower workers, or neither holds nor requests a lease: then
/// no work is left for it.</param>
/// <param name="MostPushes">Gradients that its lease may have under the consistency model.</param>
internal sealed record PlannedWorker(
    string Node,
    bool IsGpu,
    double SamplesPerSecond,
    int MostSamples = int.MaxValue,
    double LeaseFactor = 1,
    bool IsUnavailable = false,
    int MostPushes = int.MaxValue
)
{
    /// <summary>The order in which workers get leases: GPUs first, then by throughput.</summary>
    public static IEnumerable<PlannedWorker> StrongestFirst(IEnumerable<PlannedWorker> workers) =>
        workers
            .OrderByDescending(worker => worker.IsGpu)
            .ThenByDescending(worker => worker.SamplesPerSecond)
            .ThenBy(worker => worker.Node, StringComparer.Ordinal);
}

/// <summary>A lease that a planner has granted.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Repeats">The grant that it repeats the end of; null for samples that no other worker holds.</param>
internal sealed record PlannedLease(Lease Lease, LeaseTable.Grant? Repeats);

/// <summary>
/// Decides the length of each lease. Leases take all workers equally long. At the end of an epoch they shrink
/// (factoring, Hummel et al. 1992), and a worker whose lease other workers would finish earlier gets work of the next
/// epoch instead. Where nothing is left, an idle worker repeats the end of a slower worker's lease.
/// </summary>
/// <param name="options">Which of this is switched on.</param>
/// <param name="batch">The job's batch size.</param>
/// <param name="leaseBatches">Micro-batches a lease.</param>
/// <param name="localSteps">Steps that workers take before they push; null where each micro-batch is a push.</param>
/// <param name="least">Samples that a micro-batch has at least, ≥ 1.</param>
internal sealed class LeasePlanner(
    BalanceOptions options,
    int batch,
    int leaseBatches,
    LocalStepsOptions? localSteps = null,
    int least = 1
)
{
    /// <summary>The lease of a straggler that needs less than this is not repeated.</summary>
    public static readonly TimeSpan ShortestRepeat = TimeSpan.FromSeconds(0.5);

    // Far beyond any epoch, and small enough to be rounded up to whole pushes.
    private const int LongestLease = int.MaxValue / 2;

    private readonly LocalStepsOptions? _localSteps = localSteps is { IsOn: true } ? localSteps : null;

    /// <summary>Samples a gradient of each worker, in order.</summary>
    public IReadOnlyList<int> MicroBatchesOf(IReadOnlyList<PlannedWorker> workers)
    {
        // A push has as many samples on every worker: one with little memory computes it in more and smaller steps.
        if (_localSteps is not null)
            return [.. workers.Select(_ => batch)];
        if (!options.MicroBatch)
            return [.. workers.Select(worker => Math.Min(batch, worker.MostSamples))];
        return MicroBatches.Divide(
            [.. workers.Select(worker => new MicroBatches.Share(worker.SamplesPerSecond, worker.MostSamples))],
            batch,
            least: least
        );
    }

    /// <summary>Gradients a push of each worker, in order: 0 where the shards take the steps.</summary>
    public IReadOnlyList<int> LocalStepsOf(IReadOnlyList<PlannedWorker> workers)
    {
        if (_localSteps is null)
            return [.. workers.Select(_ => 0)];
        return _localSteps.FollowSpeed
            ? DynamicLocalSteps.Divide([.. workers.Select(worker => worker.SamplesPerSecond)], _localSteps.Steps)
            : [.. workers.Select(_ => _localSteps.Steps)];
    }

    /// <summary>
    /// Begins a round in which several workers get leases at one time, one after the other: what is the same for all of
    /// them is computed once.
    /// </summary>
    /// <param name="table">What is to be trained on; the round adds its grants to it.</param>
    /// <param name="workers">All that train.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public PlanningRound Begin(LeaseTable table, IReadOnlyList<PlannedWorker> workers, TimeSpan now) =>
        new(options, table, workers, Divide(workers), now);

    private LeaseDivision Divide(IReadOnlyList<PlannedWorker> workers) =>
        new(workers, MicroBatchesOf(workers), LocalStepsOf(workers), LeasesOf(workers));

    // Samples of a lease before the end of an epoch shortens it. It follows throughput, also where micro-batches do
    // not, down to the slowest worker.
    private IReadOnlyList<double> LeasesOf(IReadOnlyList<PlannedWorker> workers)
    {
        var batches = options.Lease
            ? MicroBatches.Divide(
                [.. workers.Select(worker => new MicroBatches.Share(worker.SamplesPerSecond))],
                batch,
                slowest: 0
            )
            : [.. workers.Select(_ => batch)];
        return
        [
            .. workers.Zip(
                batches,
                (worker, samples) => Math.Min(LongestLease, (double)samples * leaseBatches * worker.LeaseFactor)
            ),
        ];
    }
}
