namespace ActorTrain.Torch.Data;

/// <summary>How a byte of an image becomes a number: (value / 255 − mean) / deviation.</summary>
/// <param name="Mean">Mean of the training set's values, between 0 and 1.</param>
/// <param name="Deviation">Their standard deviation.</param>
public sealed record Normalization(float Mean, float Deviation)
{
    /// <summary>
    /// Mean and deviation over all bytes of a set; 0 and 1, which give numbers from 0 to 1, where it is empty or of one
    /// colour.
    /// </summary>
    public static Normalization From(ImageSet set)
    {
        var counts = new long[256];
        foreach (var value in set.Images.Span)
            counts[value]++;
        var mean = counts.Select((count, value) => count * (value / 255.0)).Sum() / Math.Max(1, set.Images.Length);
        var variance =
            counts.Select((count, value) => count * Math.Pow(value / 255.0 - mean, 2)).Sum()
            / Math.Max(1, set.Images.Length);
        return variance > 0 ? new Normalization((float)mean, (float)Math.Sqrt(variance)) : new Normalization(0, 1);
    }

    /// <summary>The number for each of the 256 bytes.</summary>
    public float[] Table() => [.. Enumerable.Range(0, 256).Select(value => (value / 255f - Mean) / Deviation)];
}
