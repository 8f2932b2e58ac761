using System.Buffers;

namespace ActorTrain.Lane;

/// <summary>
/// A stretch of floats on its way from one actor to another, not to be changed meanwhile. Whoever receives it releases
/// it, once, when it has read it; what lies behind is used again then.
/// </summary>
public sealed class TensorSlice
{
    /// <summary>A slice without elements.</summary>
    public static TensorSlice Empty { get; } = new(default, null, PayloadType.F32);

    private ITensorOwner? _owner;

    internal TensorSlice(ReadOnlyMemory<float> values, ITensorOwner? owner, PayloadType type) =>
        (Values, _owner, Type) = (values, owner, type);

    /// <summary>The floats. Not to be touched after <see cref="Release"/>.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>What the numbers are while they travel from one machine to another.</summary>
    public PayloadType Type { get; }

    /// <summary>Number of floats.</summary>
    public int Length => Values.Length;

    /// <summary>A slice over memory that the sender keeps, and leaves unchanged until it has its answer.</summary>
    public static TensorSlice Of(ReadOnlyMemory<float> values) => new(values, null, PayloadType.F32);

    /// <summary>A slice that holds a copy of some values.</summary>
    public static TensorSlice CopyOf(ReadOnlySpan<float> values)
    {
        var copy = ArrayPool<float>.Shared.Rent(values.Length);
        values.CopyTo(copy);
        return new TensorSlice(copy.AsMemory(0, values.Length), new Pooled(copy), PayloadType.F32);
    }

    /// <summary>Says that the values have been read. Safe to call again.</summary>
    public void Release() => Interlocked.Exchange(ref _owner, null)?.Released();

    private sealed class Pooled(float[] array) : ITensorOwner
    {
        public void Released() => ArrayPool<float>.Shared.Return(array);
    }
}
