namespace ActorTrain.Torch.Data;

/// <summary>How a byte of an image becomes a number: (value / 255 − mean) / deviation.</summary>
/// <param name="Mean">Mean of the training set's values, between 0 and 1.</param>
/// <param name="Deviation">Their standard deviation.</param>
public sealed record Normalization(float Mean, float Deviation)
{
    /// <summary>The number for each of the 256 bytes.</summary>
    public float[] Table() => [.. Enumerable.Range(0, 256).Select(value => (value / 255f - Mean) / Deviation)];
}
