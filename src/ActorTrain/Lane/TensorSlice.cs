using System.Buffers;
using ActorTrain.Parameters;

namespace ActorTrain.Lane;

/// <summary>
/// A range of floats on its way from one actor to another, not to be changed meanwhile. The receiver releases it once,
/// after reading it; then its memory is used again.
/// </summary>
internal sealed class TensorSlice
{
    /// <summary>A slice without elements.</summary>
    public static TensorSlice Empty { get; } = new(default, null, TransferDType.F32);

    private ITensorOwner? _owner;

    internal TensorSlice(ReadOnlyMemory<float> values, ITensorOwner? owner, TransferDType type) =>
        (Values, _owner, Type) = (values, owner, type);

    /// <summary>The floats. Not to be used after <see cref="Release"/>.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The type of the numbers between machines.</summary>
    public TransferDType Type { get; }

    /// <summary>Number of floats.</summary>
    public int Length => Values.Length;

    /// <summary>A slice over the sender's own memory, which must not change until the answer has arrived.</summary>
    public static TensorSlice From(ReadOnlyMemory<float> values) => new(values, null, TransferDType.F32);

    /// <summary>A slice with a copy of some values.</summary>
    public static TensorSlice CopyOf(ReadOnlySpan<float> values)
    {
        var copy = ArrayPool<float>.Shared.Rent(values.Length);
        values.CopyTo(copy);
        return new TensorSlice(copy.AsMemory(0, values.Length), new Pooled(copy), TransferDType.F32);
    }

    /// <summary>Tells the owner that the values have been read. Repeated calls do nothing.</summary>
    public void Release() => Interlocked.Exchange(ref _owner, null)?.Released();

    private sealed class Pooled(float[] array) : ITensorOwner
    {
        public void Released() => ArrayPool<float>.Shared.Return(array);
    }
}
