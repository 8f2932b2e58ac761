using ActorTrain.Parameters;

namespace ActorTrain.Lane;

/// <summary>
/// Floats that one actor writes and others read without a copy. Each slice counts as a reader until it is released. The
/// memory returns to its pool when the writer and all readers have released it.
/// </summary>
internal sealed class TensorBuffer : ITensorOwner
{
    private readonly TensorPool _pool;
    private readonly TensorMemory _memory;
    private int _references = 1;

    internal TensorBuffer(TensorPool pool, TensorMemory memory) => (_pool, _memory) = (pool, memory);

    /// <summary>The floats, not initialized.</summary>
    public Memory<float> Values => _memory.Memory;

    /// <summary>Whether readers hold it, so that it must not be changed.</summary>
    public bool IsRead => Volatile.Read(ref _references) > 1;

    /// <summary>A slice of it to send.</summary>
    public TensorSlice Share(int start, int length, TransferDType type)
    {
        Interlocked.Increment(ref _references);
        return new TensorSlice(_memory.Memory.Slice(start, length), this, type);
    }

    /// <summary>All of it, to send.</summary>
    public TensorSlice Share(TransferDType type) => Share(0, _memory.Length, type);

    /// <summary>The writer releases it. To be called once.</summary>
    public void Release() => ((ITensorOwner)this).Released();

    void ITensorOwner.Released()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            _pool.Return(_memory);
    }
}
