namespace ActorTrain.Torch.Data;

/// <summary>How training images are varied, so that a model does not memorise them.</summary>
/// <param name="Flip">Mirror an image left to right with probability one half.</param>
/// <param name="CropPadding">Pad an image by so many black pixels on each side and cut it back at a random place; 0 is
/// off.</param>
internal sealed record Augmentation(bool Flip, int CropPadding)
{
    /// <summary>No variation.</summary>
    public static Augmentation None { get; } = new(false, 0);

    /// <summary>Writes one image, varied and normalised.</summary>
    /// <param name="image">Its pixels.</param>
    /// <param name="shape">Its size.</param>
    /// <param name="table">The number for each byte.</param>
    /// <param name="random">Draws how it is varied; not used without augmentation.</param>
    /// <param name="destination">Room for the numbers.</param>
    public void Write(
        ReadOnlySpan<byte> image,
        ImageShape shape,
        ReadOnlySpan<float> table,
        ref SplitMix64 random,
        Span<float> destination
    )
    {
        var mirrored = Flip && random.NextBelow(2) == 1;
        var (down, right) =
            CropPadding == 0
                ? (0, 0)
                : (
                    random.NextBelow(2 * CropPadding + 1) - CropPadding,
                    random.NextBelow(2 * CropPadding + 1) - CropPadding
                );
        if (!mirrored && down == 0 && right == 0)
        {
            for (var i = 0; i < image.Length; i++)
                destination[i] = table[image[i]];
            return;
        }
        for (var row = 0; row < shape.Channels * shape.Height; row++)
        {
            var source = row % shape.Height + down;
            var outside = source < 0 || source >= shape.Height;
            var pixels = outside ? default : image.Slice((row + down) * shape.Width, shape.Width);
            for (var column = 0; column < shape.Width; column++)
            {
                var from = (mirrored ? shape.Width - 1 - column : column) + right;
                destination[row * shape.Width + column] = table[
                    outside || from < 0 || from >= shape.Width ? 0 : pixels[from]
                ];
            }
        }
    }
}
