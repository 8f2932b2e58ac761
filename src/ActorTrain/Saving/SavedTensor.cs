using ActorTrain.Parameters;

namespace ActorTrain.Saving;

/// <summary>A tensor of a safetensors file.</summary>
/// <param name="Name">Its name, as in PyTorch's state dictionary.</param>
/// <param name="Shape">Its sizes, outermost first.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Bytes">Its elements, one after the other, as in the file.</param>
public sealed record SavedTensor(string Name, IReadOnlyList<long> Shape, ElementType Type, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Its elements as floats, converted where they have another type.</summary>
    public float[] ToFloats()
    {
        var values = new float[Bytes.Length / Type.Size()];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)Type.Read(Bytes.Span, i);
        return values;
    }
}
