namespace ActorTrain.Balancing;

/// <summary>
/// How a batch, and a round of leases, are divided over some workers by their throughput: the work of each in the
/// middle of an epoch.
/// </summary>
internal sealed class LeaseDivision
{
    // With so many leases left, neither factoring nor faster workers shorten a lease, even where its worker still holds
    // the two before.
    private const int LeasesLeft = 4;

    private readonly Dictionary<string, int> _indices = [];
    private readonly IReadOnlyList<PlannedWorker> _workers;
    private readonly IReadOnlyList<int> _microBatches;
    private readonly IReadOnlyList<int> _localSteps;
    private readonly IReadOnlyList<double> _leases;
    private readonly double _all;

    internal LeaseDivision(
        IReadOnlyList<PlannedWorker> workers,
        IReadOnlyList<int> microBatches,
        IReadOnlyList<int> localSteps,
        IReadOnlyList<double> leases
    )
    {
        (_workers, _microBatches, _localSteps, _leases) = (workers, microBatches, localSteps, leases);
        for (var i = 0; i < workers.Count; i++)
            _indices[workers[i].Node] = i;
        _all = workers.Sum(worker => worker.SamplesPerSecond);
    }

    /// <summary>
    /// The lease of a worker where so much of the epoch is left that it does not depend on other workers: the same that
    /// a <see cref="PlanningRound"/> would grant.
    /// </summary>
    /// <param name="node">The node that requests a lease.</param>
    /// <param name="left">Samples of the epoch that no worker holds.</param>
    /// <returns>Samples of the lease and of each of its gradients, and gradients a push where the worker takes the
    /// steps; null where it depends on other workers.</returns>
    public (int Lease, int MicroBatch, int LocalSteps)? FarFromTheEnd(string node, int left) =>
        _indices.TryGetValue(node, out var i)
        && left * (_workers[i].SamplesPerSecond / _all) >= (double)LeasesLeft * MostOf(i)
            ? (MostOf(i), _microBatches[i], _localSteps[i])
            : null;

    internal bool Has(string node, out int index) => _indices.TryGetValue(node, out index);

    internal int MicroBatchOf(int index) => _microBatches[index];

    internal int LocalStepsOf(int index) => _localSteps[index];

    /// <summary>Samples of a worker's push.</summary>
    internal int PartOf(int index) => _microBatches[index] * Math.Max(1, _localSteps[index]);

    /// <summary>The longest lease of a worker: a whole number of pushes.</summary>
    internal int MostOf(int index) =>
        (int)Math.Min(_workers[index].MostPushes, Math.Max(1, Math.Ceiling(_leases[index] / PartOf(index))))
        * PartOf(index);
}
