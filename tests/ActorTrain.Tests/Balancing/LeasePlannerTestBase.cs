using ActorTrain.Balancing;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Balancing;

/// <summary>Plans leases of 4 · 32 samples by the strength of workers, at noon.</summary>
public abstract class LeasePlannerTestBase
{
    private protected const int Batch = 32;
    private protected const int LeaseBatches = 4;
    private protected static readonly TimeSpan Noon = TimeSpan.FromHours(12);
    private protected static readonly LeasePlanner Planner = new(Jobs.ByStrength, Batch, LeaseBatches);

    private protected static PlannedWorker Worker(string node, double samplesPerSecond) =>
        new(node, IsGpu: false, samplesPerSecond);

    /// <summary>The lease that a round at noon grants to a worker.</summary>
    private protected static PlannedLease? Next(LeaseTable table, PlannedWorker[] workers, string node) =>
        Planner.Begin(table, workers, Noon).Next(node);
}
