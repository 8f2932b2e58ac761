namespace ActorTrain.Torch.Data;

/// <summary>The shape of one sample's input or target.</summary>
internal static class SampleShape
{
    /// <summary>Numbers in it.</summary>
    /// <exception cref="ActorTrainException">It is no shape; the message names the data set.</exception>
    public static int LengthOf(string dataset, string what, IReadOnlyList<long> shape) =>
        shape is { Count: > 0 } && shape.All(size => size > 0) && shape.Aggregate(1.0, (product, size) => product * size) <= int.MaxValue
            ? (int)shape.Aggregate(1L, (product, size) => product * size)
            : throw new ActorTrainException($"data set {dataset}: its {what} shape is [{string.Join(", ", shape ?? [])}]; it must have dimensions of 1 or more");
}
