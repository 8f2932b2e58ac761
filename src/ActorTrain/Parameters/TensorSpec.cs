namespace ActorTrain.Parameters;

/// <summary>One named tensor of a model, as a stretch of a flat vector of words of four bytes.</summary>
/// <param name="Name">The name PyTorch would give it in a state dictionary, such as <c>layers.0.weight</c>.</param>
/// <param name="Shape">Its sizes, outermost first; empty for a scalar.</param>
/// <param name="Offset">Index of its first word in the flat vector.</param>
public sealed record TensorSpec(string Name, IReadOnlyList<long> Shape, int Offset)
{
    /// <summary>What its elements are. Parameters that are trained are F32.</summary>
    public ElementType Type { get; init; }

    /// <summary>Its other names, where the model has it in several places (tied weights): saved under each of
    /// them.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether a saved model has it; a buffer that is not persistent is built again.</summary>
    public bool IsSaved { get; init; } = true;

    /// <summary>Number of elements.</summary>
    public int Count => checked((int)Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Words that it takes in the flat vector: the number of its elements, where they are F32.</summary>
    public int Length => checked((int)(((long)Count * Type.Size() + 3) / 4));

    /// <summary>Name, shape and what is not usual, such as <c>layers.0.weight [1024, 784]</c> or <c>mask [8]
    /// Bool</c>.</summary>
    public override string ToString() =>
        $"{Name} [{string.Join(", ", Shape)}]{(Type == ElementType.F32 ? "" : $" {Type}")}"
        + $"{(Aliases.Count == 0 ? "" : $" (also {string.Join(", ", Aliases)})")}{(IsSaved ? "" : " (not saved)")}";
}
