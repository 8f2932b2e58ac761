using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using ActorTrain.Parameters;

namespace ActorTrain.Worker;

/// <summary>
/// Looks at an engine's state as a shard looks at gradients: what was finite must stay so. A running variance that has
/// become NaN would be so for good, and everything evaluated with it.
/// </summary>
/// <param name="engine">The engine.</param>
internal sealed class StateGuard(IGradientEngine engine)
{
    private readonly IReadOnlyList<TensorSpec> _floats =
    [
        .. engine.Model.State.Tensors.Where(tensor => tensor.Type.IsFloat() && tensor.Length > 0),
    ];

    private readonly float[] _before = new float[engine.State.Length];

    /// <summary>What is wrong, with the samples that it came of.</summary>
    public static string Sentence(string tensor, ReadOnlySpan<int> samples) =>
        $"{tensor} of the model is not finite after {SampleNames.Of(samples)}";

    /// <summary>Remembers the state as it is.</summary>
    public void Remember() => engine.State.Span.CopyTo(_before);

    /// <summary>A gradient was left in the middle: the state is what it was before it.</summary>
    public void Undo() => _before.CopyTo(engine.State.Span);

    /// <summary>The first tensor that is not finite any more, in which case the state is what it was; null where all is
    /// well.</summary>
    public string? Restore()
    {
        foreach (var tensor in _floats)
        {
            var after = engine.State.Span.Slice(tensor.Offset, tensor.Length);
            var before = _before.AsSpan(tensor.Offset, tensor.Length);
            // Most are finite or stay as they are; the last look is at each number.
            if (tensor.Type == ElementType.F32 && TensorPrimitives.IsFiniteAll<float>(after))
                continue;
            if (MemoryMarshal.AsBytes(after).SequenceEqual(MemoryMarshal.AsBytes(before)))
                continue;
            if (!HasBroken(tensor, before, after))
                continue;
            Undo();
            return tensor.Name;
        }
        return null;
    }

    // A mask may hold infinity from the beginning.
    private static bool HasBroken(TensorSpec tensor, ReadOnlySpan<float> before, ReadOnlySpan<float> after)
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
