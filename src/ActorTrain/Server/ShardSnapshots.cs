using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Server;

/// <summary>Takes snapshots of a shard, and restores it from one.</summary>
/// <param name="shard">The shard's number.</param>
/// <param name="applied">The record of applied pushes.</param>
/// <param name="weights">The weights, with the state of the optimizer and the staleness policy.</param>
/// <param name="epochWeights">The weights that are kept for evaluations.</param>
/// <param name="memory">Memory for copies.</param>
internal sealed class ShardSnapshots(
    int shard,
    AppliedPushes applied,
    ShardWeights weights,
    EpochWeights epochWeights,
    TensorPool memory
)
{
    private SampleRange? _after;
    private ShardSnapshot? _taken;

    /// <summary>Requests a snapshot; of several requests the newest counts.</summary>
    /// <param name="after">Every position before this place of the order is to be in the weights.</param>
    public void Request(SampleRange after) => _after = after;

    /// <summary>Takes the snapshot that is requested, where the shard has applied what is to be in it:
    /// <see cref="Taken"/>. To be called between two updates.</summary>
    public void TakeIfDue(ShardPolicies policies)
    {
        if (_after is not { } after || !applied.AreInWeightsBefore(after))
            return;
        _after = null;
        Taken()?.Release();
        _taken = Create(policies);
    }

    /// <summary>A snapshot of now. To be called between two updates.</summary>
    public ShardSnapshot Create(ShardPolicies policies)
    {
        var (optimizer, policy, kept) = (weights.OptimizerState, weights.PolicyState, epochWeights.All.ToList());
        return new ShardSnapshot(
            new ShardRecord(
                applied.GetCountsInWeights(shard, weights.Version),
                weights.Samples,
                [.. weights.Steps],
                [.. weights.PolicyNumbers],
                policies.All,
                optimizer.Count,
                policy.Count,
                [.. kept.Select(epoch => new EpochVersion(epoch.Epoch, epoch.Kept.Version))]
            ),
            // Updates write weights to other memory while a slice is read; state is updated in place, and copied here.
            [
                weights.Share(TransferDType.F32),
                .. optimizer.Concat(policy).Select(state => SliceOf(Copy(state))),
                .. kept.Select(epoch => epoch.Kept.Weights.Share(TransferDType.F32)),
            ]
        );
    }

    /// <summary>The snapshot that was taken; null where there is no new one. The caller releases it.</summary>
    public ShardSnapshot? Taken()
    {
        var taken = _taken;
        _taken = null;
        return taken;
    }

    /// <summary>Restores a shard that has applied nothing so far, and has the snapshot's policies.</summary>
    public void Restore(ShardSnapshot snapshot)
    {
        applied.Restore(snapshot.Record.Counts);
        weights.Restore(snapshot);
        epochWeights.Restore(
            snapshot.Record.Counts.CompleteEpochs,
            snapshot.Epochs.Select(epoch => (epoch.Kept, Copy(epoch.Weights.Values)))
        );
    }

    private static TensorSlice SliceOf(TensorBuffer buffer)
    {
        var slice = buffer.Share(TransferDType.F32);
        // The slice alone keeps it.
        buffer.Release();
        return slice;
    }

    private TensorBuffer Copy(ReadOnlyMemory<float> values)
    {
        var copy = memory.Rent(values.Length);
        values.CopyTo(copy.Values);
        return copy;
    }
}
