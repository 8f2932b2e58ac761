namespace ActorTrain.Torch.Data;

/// <summary>The shape of one sample's input or target.</summary>
internal static class SampleShape
{
    /// <summary>How many numbers the shape has.</summary>
    /// <exception cref="ActorTrainException">The shape is invalid; the message names the data set.</exception>
    public static int LengthOf(string dataset, string what, IReadOnlyList<long> shape)
    {
        if (shape is not { Count: > 0 } || shape.Any(size => size < 1))
            throw Wrong("dimensions of 1 or more");
        // In double, since the product may overflow a long.
        var length = shape.Aggregate(1.0, (product, size) => product * size);
        return length <= Array.MaxLength ? (int)length : throw Wrong($"{Array.MaxLength} numbers or fewer");

        ActorTrainException Wrong(string right) =>
            new($"data set {dataset}: its {what} shape is [{string.Join(", ", shape ?? [])}]; it must have {right}");
    }
}
