using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Server;

/// <summary>
/// The state of a shard or of buffers, on its way to a standby. Its memory stays until it and all its chunks are
/// released.
/// </summary>
/// <param name="record">All of it but the vectors.</param>
/// <param name="vectors">The vectors, equally long.</param>
internal sealed class Snapshot(SnapshotRecord record, IReadOnlyList<TensorSlice> vectors) : ITensorOwner
{
    private int _references = 1;

    public SnapshotRecord Record => record;

    /// <summary>Floats of all vectors.</summary>
    public long Floats => vectors.Sum(vector => (long)vector.Length);

    /// <summary>The next floats to send.</summary>
    /// <param name="start">Floats before them, of all vectors one after the other.</param>
    public TensorSlice ChunkAt(long start)
    {
        var length = vectors[0].Length;
        var (vector, first) = (vectors[(int)(start / length)], (int)(start % length));
        var count = Math.Min(StandbyProtocol.ChunkLength, length - first);
        return new TensorSlice(vector.Values.Slice(first, count), Retain(), TransferDType.F32);
    }

    /// <summary>Another holder: it releases the snapshot, too.</summary>
    public Snapshot Retain()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>The vectors, to read; the reader releases them.</summary>
    public IReadOnlyList<TensorSlice> Share() =>
        [.. vectors.Select(vector => new TensorSlice(vector.Values, Retain(), TransferDType.F32))];

    public void Release() => ((ITensorOwner)this).Released();

    void ITensorOwner.Released()
    {
        if (Interlocked.Decrement(ref _references) > 0)
            return;
        foreach (var vector in vectors)
            vector.Release();
    }
}
