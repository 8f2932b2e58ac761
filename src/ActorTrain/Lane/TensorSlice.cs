using System.Buffers;

namespace ActorTrain.Lane;

/// <summary>
/// A stretch of floats on its way from one actor to another. Whoever receives it releases it, once, when it has read it;
/// a slice that is rented goes back to the pool then.
/// </summary>
public sealed class TensorSlice
{
    /// <summary>A slice without elements.</summary>
    public static TensorSlice Empty { get; } = new(default, null, null);

    private readonly Action? _released;
    private float[]? _pooled;

    private TensorSlice(Memory<float> values, float[]? pooled, Action? released) =>
        (Values, _pooled, _released) = (values, pooled, released);

    /// <summary>The floats. Not to be touched after <see cref="Release"/>.</summary>
    public Memory<float> Values { get; }

    /// <summary>Number of floats.</summary>
    public int Length => Values.Length;

    /// <summary>A slice over memory that the sender keeps, and leaves unchanged until it has its answer.</summary>
    public static TensorSlice Of(Memory<float> values) => new(values, null, null);

    /// <summary>A slice over memory from the pool; its contents are whatever was there.</summary>
    /// <param name="length">Number of floats.</param>
    /// <param name="released">Called once when the slice is released.</param>
    public static TensorSlice Rent(int length, Action? released = null)
    {
        var pooled = ArrayPool<float>.Shared.Rent(length);
        return new TensorSlice(pooled.AsMemory(0, length), pooled, released);
    }

    /// <summary>A rented slice that holds a copy of some values.</summary>
    public static TensorSlice CopyOf(ReadOnlySpan<float> values)
    {
        var slice = Rent(values.Length);
        values.CopyTo(slice.Values.Span);
        return slice;
    }

    /// <summary>Says that the values have been read. Safe to call again.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _pooled, null) is not { } pooled) return;
        ArrayPool<float>.Shared.Return(pooled);
        _released?.Invoke();
    }
}
