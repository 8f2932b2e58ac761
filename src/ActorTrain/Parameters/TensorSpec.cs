namespace ActorTrain.Parameters;

/// <summary>One named tensor of a model, as a stretch of a flat vector.</summary>
/// <param name="Name">The name PyTorch would give it in a state dictionary, such as <c>layers.0.weight</c>.</param>
/// <param name="Shape">Its sizes, outermost first; empty for a scalar.</param>
/// <param name="Offset">Index of its first element in the flat vector.</param>
public sealed record TensorSpec(string Name, IReadOnlyList<long> Shape, int Offset)
{
    /// <summary>Number of elements.</summary>
    public int Length => checked((int)Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Name and shape as text, such as <c>layers.0.weight [1024, 784]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
