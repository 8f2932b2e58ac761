using ActorTrain.Lane;
using ActorTrain.Protocol;

namespace ActorTrain.Server;

/// <summary>
/// The whole state of a shard at a version. Nothing changes it: the shard goes on in other memory. Fences of
/// incarnations and what is kept for a worker are not in it: when a shard is restored, all incarnations end.
/// </summary>
/// <param name="record">All but the vectors.</param>
/// <param name="vectors">The weights; the optimizer's state; the staleness policy's state; the weights of the epochs
/// that are kept. Each is as long as the shard.</param>
internal sealed class ShardSnapshot(ShardRecord record, IReadOnlyList<TensorSlice> vectors)
{
    public ShardRecord Record => record;

    public IReadOnlyList<TensorSlice> Vectors => vectors;

    /// <summary>The weights.</summary>
    public ReadOnlySpan<float> Weights => vectors[0].Values.Span;

    /// <summary>The optimizer's state.</summary>
    public IEnumerable<TensorSlice> Optimizer => vectors.Skip(1).Take(record.OptimizerVectors);

    /// <summary>The staleness policy's state.</summary>
    public IEnumerable<TensorSlice> Policy => vectors.Skip(1 + record.OptimizerVectors).Take(record.PolicyVectors);

    /// <summary>The epochs that are kept, with their weights.</summary>
    public IEnumerable<(EpochVersion Kept, TensorSlice Weights)> Epochs =>
        record.Epochs.Zip(vectors.Skip(1 + record.OptimizerVectors + record.PolicyVectors));

    /// <summary>The same, to be copied to a standby.</summary>
    public Snapshot ToSnapshot() => new(new SnapshotRecord(record, null, vectors.Count), vectors);

    public void Release()
    {
        foreach (var vector in vectors)
            vector.Release();
    }
}
