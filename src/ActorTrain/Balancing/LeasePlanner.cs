using ActorTrain.Job;
using ActorTrain.Leases;

namespace ActorTrain.Balancing;

/// <summary>A worker, as leases are planned for it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="IsGpu">Whether it computes on a GPU.</param>
/// <param name="SamplesPerSecond">Its throughput; 0 while nothing is known.</param>
/// <param name="MostSamples">Samples that its memory holds at once, ≥ 1.</param>
/// <param name="LeaseFactor">What its leases are shortened by, above 0 to 1.</param>
/// <param name="IsUnavailable">Whether it has to wait for slower ones, or neither holds a lease nor asks for one: then
/// nobody leaves work to it.</param>
/// <param name="MostPushes">Gradients that a lease of it may have, as consistency allows.</param>
public sealed record PlannedWorker(
    string Node,
    bool IsGpu,
    double SamplesPerSecond,
    int MostSamples = int.MaxValue,
    double LeaseFactor = 1,
    bool IsUnavailable = false,
    int MostPushes = int.MaxValue
)
{
    /// <summary>Who is asked first: GPUs, then the faster.</summary>
    public static IEnumerable<PlannedWorker> StrongestFirst(IEnumerable<PlannedWorker> workers) =>
        workers
            .OrderByDescending(worker => worker.IsGpu)
            .ThenByDescending(worker => worker.SamplesPerSecond)
            .ThenBy(worker => worker.Node, StringComparer.Ordinal);
}

/// <summary>A lease that was decided on.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Repeats">The grant that it repeats the end of; null for work that nobody else has.</param>
public sealed record PlannedLease(Lease Lease, LeaseBook.Grant? Repeats);

/// <summary>
/// Decides how much a worker that asks gets. Leases take all workers equally long. At the end of an epoch they shrink
/// (factoring, Hummel et al. 1992), and nobody gets one that others would finish earlier without it: then it gets work
/// of the next epoch. Where nothing is left at all, an idle worker repeats the end of what a slower one holds.
/// </summary>
/// <param name="options">What of this is wanted.</param>
/// <param name="batch">The job's batch.</param>
/// <param name="leaseBatches">Micro-batches a lease.</param>
/// <param name="localSteps">What workers do on their own before they push; null where each micro-batch is a
/// push.</param>
/// <param name="least">Samples a micro-batch has at least, ≥ 1.</param>
public sealed class LeasePlanner(
    BalanceOptions options,
    int batch,
    int leaseBatches,
    LocalStepsOptions? localSteps = null,
    int least = 1
)
{
    /// <summary>A straggler is not repeated for less than this.</summary>
    public static readonly TimeSpan WorthRepeating = TimeSpan.FromSeconds(0.5);

    private readonly bool _localSteps = localSteps is { IsOn: true };

    /// <summary>Samples a gradient of each worker, in order.</summary>
    public IReadOnlyList<int> MicroBatchesOf(IReadOnlyList<PlannedWorker> workers) =>
        // A push is so many samples whatever the worker's memory holds: a small one takes smaller and more steps for
        // it.
        _localSteps ? [.. workers.Select(_ => batch)]
        : options.MicroBatch
            ? MicroBatches.Divide(
                [.. workers.Select(worker => new MicroBatches.Share(worker.SamplesPerSecond, worker.MostSamples))],
                batch,
                least: least
            )
        : [.. workers.Select(worker => Math.Min(batch, worker.MostSamples))];

    /// <summary>Gradients a push of each worker, in order: 0 where the shards take the steps.</summary>
    public IReadOnlyList<int> LocalStepsOf(IReadOnlyList<PlannedWorker> workers) =>
        !_localSteps ? [.. workers.Select(_ => 0)]
        : localSteps!.FollowSpeed
            ? DynamicLocalSteps.Of([.. workers.Select(worker => worker.SamplesPerSecond)], localSteps.Steps)
        : [.. workers.Select(_ => localSteps.Steps)];

    /// <summary>
    /// A round in which several workers ask, one after the other, at one time: what is the same for all of them is
    /// reckoned once.
    /// </summary>
    /// <param name="book">What is to be done; the round writes in it what it grants.</param>
    /// <param name="workers">All that train.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public PlanningRound Begin(LeaseBook book, IReadOnlyList<PlannedWorker> workers, TimeSpan now) =>
        new(options, book, workers, Divide(workers), now);

    // Leases are as long as throughput makes them, also where micro-batches are not; both at most, before an epoch's
    // end makes them shorter.
    private LeaseDivision Divide(IReadOnlyList<PlannedWorker> workers)
    {
        var samples = options.Lease
            ? MicroBatches.Divide(
                [.. workers.Select(worker => new MicroBatches.Share(worker.SamplesPerSecond))],
                batch,
                slowest: 0
            )
            : [.. workers.Select(_ => batch)];
        return new LeaseDivision(
            workers,
            MicroBatchesOf(workers),
            LocalStepsOf(workers),
            [
                .. workers.Select(
                    (worker, i) => Math.Min(int.MaxValue / 2, (double)samples[i] * leaseBatches * worker.LeaseFactor)
                ),
            ]
        );
    }
}
