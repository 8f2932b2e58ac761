using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using ActorTrain.Engines;
using ActorTrain.Parameters;

namespace ActorTrain.Worker;

/// <summary>
/// Checks that an engine's buffers stay finite: a running variance that has become NaN would stay NaN, and spoil every
/// evaluation.
/// </summary>
/// <param name="engine">The engine.</param>
internal sealed class BufferGuard(IGradientEngine engine)
{
    private readonly IReadOnlyList<TensorSpec> _floats =
    [
        .. engine.Model.Buffers.Tensors.Where(tensor => tensor.Type.IsFloat() && tensor.Length > 0),
    ];

    private readonly float[] _before = new float[engine.Buffers.Length];

    /// <summary>Says which tensor is not finite, and after which samples.</summary>
    public static string Describe(string tensor, ReadOnlySpan<int> samples) =>
        $"{tensor} of the model is not finite after {SampleNames.Format(samples)}";

    /// <summary>Copies the buffers as they are.</summary>
    public void Remember() => engine.Buffers.Span.CopyTo(_before);

    /// <summary>Restores the copied buffers: a gradient was not finished.</summary>
    public void Undo() => _before.CopyTo(engine.Buffers.Span);

    /// <summary>
    /// Restores the copied buffers where a tensor is not finite any more, and returns its name; null where all are.
    /// </summary>
    public string? Restore()
    {
        foreach (var tensor in _floats)
        {
            var after = engine.Buffers.Span.Slice(tensor.Offset, tensor.Length);
            var before = _before.AsSpan(tensor.Offset, tensor.Length);
            // Most tensors are finite or unchanged; only the others are checked element by element.
            if (tensor.Type == ElementType.F32 && TensorPrimitives.IsFiniteAll<float>(after))
                continue;
            if (MemoryMarshal.AsBytes(after).SequenceEqual(MemoryMarshal.AsBytes(before)))
                continue;
            if (!HasBecomeNonFinite(tensor, before, after))
                continue;
            Undo();
            return tensor.Name;
        }
        return null;
    }

    // Values that were infinite before are allowed: a mask may hold infinity.
    private static bool HasBecomeNonFinite(TensorSpec tensor, ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        for (var i = 0; i < tensor.Count; i++)
            if (
                !double.IsFinite(tensor.Type.Read(MemoryMarshal.AsBytes(after), i))
                && double.IsFinite(tensor.Type.Read(MemoryMarshal.AsBytes(before), i))
            )
                return true;
        return false;
    }
}
