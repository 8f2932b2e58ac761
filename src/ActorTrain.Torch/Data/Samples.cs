namespace ActorTrain.Torch.Data;

/// <summary>
/// Samples in memory: their inputs, one after the other, and their targets likewise; up to 2³¹ − 1 numbers each, 8 GiB.
/// </summary>
/// <param name="Inputs">[count, input shape] f32.</param>
/// <param name="Targets">[count] f32 of classes, or [count, target shape] f32 of numbers.</param>
public sealed record Samples(ReadOnlyMemory<float> Inputs, ReadOnlyMemory<float> Targets)
{
    /// <summary>None, for a data set without a test set.</summary>
    public static Samples None { get; } = new(ReadOnlyMemory<float>.Empty, ReadOnlyMemory<float>.Empty);

    /// <summary>Samples whose targets are classes.</summary>
    /// <param name="inputs">[count, input shape] f32.</param>
    /// <param name="classes">[count], each from 0.</param>
    public static Samples From(ReadOnlyMemory<float> inputs, ReadOnlySpan<int> classes)
    {
        var targets = new float[classes.Length];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = classes[i];
        return new Samples(inputs, targets);
    }
}
