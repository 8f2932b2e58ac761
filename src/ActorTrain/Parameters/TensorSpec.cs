namespace ActorTrain.Parameters;

/// <summary>One named tensor of a model, as a range of a flat vector of words of four bytes.</summary>
/// <param name="Name">Its name in a PyTorch state dictionary, such as <c>layers.0.weight</c>.</param>
/// <param name="Shape">Its sizes, outermost first; empty for a scalar.</param>
/// <param name="Offset">Index of its first word in the flat vector.</param>
public sealed record TensorSpec(string Name, IReadOnlyList<long> Shape, int Offset)
{
    /// <summary>The type of its elements. Trained parameters are F32.</summary>
    public ElementType Type { get; init; }

    /// <summary>Its other names where the model uses it several times (tied weights): it is saved under each.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether a saved model contains it; a buffer that is not persistent is created again.</summary>
    public bool IsSaved { get; init; } = true;

    /// <summary>Number of elements.</summary>
    public int Count => checked((int)Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Number of words in the flat vector: of its elements, where they are F32.</summary>
    public int Length => checked((int)(((long)Count * Type.Size() + 3) / 4));

    /// <summary>Name, shape, and properties that are not the default, such as <c>layers.0.weight [1024, 784]</c> or
    /// <c>mask [8] Bool</c>.</summary>
    public override string ToString() =>
        $"{Name} [{string.Join(", ", Shape)}]{(Type == ElementType.F32 ? "" : $" {Type}")}"
        + $"{(Aliases.Count == 0 ? "" : $" (also {string.Join(", ", Aliases)})")}{(IsSaved ? "" : " (not saved)")}";
}
