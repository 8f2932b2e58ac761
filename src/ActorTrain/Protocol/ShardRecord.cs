using ActorTrain.Parameters;

namespace ActorTrain.Protocol;

/// <summary>What a shard's snapshot has beside its vectors.</summary>
/// <param name="Counts">Its version, the positions that it has applied, and the counts of its workers.</param>
/// <param name="Samples">Samples behind its updates: its place in the learning-rate schedule.</param>
/// <param name="Steps">The steps that each element has taken, where its optimizer counts them.</param>
/// <param name="Numbers">Numbers of the staleness policy's state.</param>
/// <param name="Policies">Its staleness policy and consistency model.</param>
/// <param name="OptimizerVectors">Vectors of the optimizer's state.</param>
/// <param name="PolicyVectors">Vectors of the staleness policy's state.</param>
/// <param name="Epochs">The epochs whose weights are kept for an evaluation.</param>
internal sealed record ShardRecord(
    ShardProtocol.Counts Counts,
    long Samples,
    StepCount[] Steps,
    double[] Numbers,
    ShardProtocol.SetPolicies Policies,
    int OptimizerVectors,
    int PolicyVectors,
    EpochVersion[] Epochs
);

/// <summary>The steps that a range of a shard has taken.</summary>
/// <param name="Range">The range.</param>
/// <param name="Steps">Its steps.</param>
internal sealed record StepCount(FlatRange Range, long Steps);

/// <summary>The version of the weights that are kept for an epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Version">The version.</param>
internal sealed record EpochVersion(int Epoch, long Version);
