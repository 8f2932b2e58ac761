namespace ActorTrain.Torch.Data;

/// <summary>The size of every image of a data set.</summary>
/// <param name="Channels">1 for grey, 3 for colour.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>Values an image.</summary>
    public int Length => checked(Channels * Height * Width);
}
