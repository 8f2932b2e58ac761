using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

public sealed class AugmentationSpecs
{
    private static readonly ImageShape Shape = new(1, 3, 4);
    private static readonly byte[] Image = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    private static readonly float[] Identity = [.. Enumerable.Range(0, 256).Select(value => (float)value)];

    [Fact]
    public void Without_augmentation_an_image_is_only_normalised() =>
        Varied(Augmentation.None, seed: 1).ShouldBe(Image.Select(value => (float)value));

    [Fact]
    public void A_flip_mirrors_each_row_for_about_half_of_the_images()
    {
        float[] mirrored = [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9];
        var flips = Enumerable
            .Range(0, 400)
            .Count(seed => Varied(new Augmentation(true, 0), seed).SequenceEqual(mirrored));

        flips.ShouldBeInRange(150, 250);
    }

    [Fact]
    public void A_crop_moves_the_image_and_fills_with_black()
    {
        var seen = Enumerable
            .Range(0, 400)
            .Select(seed => string.Join(' ', Varied(new Augmentation(false, 1), seed)))
            .ToHashSet();

        seen.Count.ShouldBe(9);
        seen.ShouldContain("0 0 0 0 0 1 2 3 0 5 6 7");
        seen.ShouldContain("6 7 8 0 10 11 12 0 0 0 0 0");
    }

    [Fact]
    public void All_channels_are_moved_alike()
    {
        var colour = new ImageShape(2, 3, 4);
        byte[] image = [.. Image, .. Image.Select(value => (byte)(value + 100))];
        foreach (var seed in Enumerable.Range(0, 50))
        {
            var numbers = Varied(new Augmentation(true, 2), seed, colour, image);

            numbers[12..].ShouldBe(numbers[..12].Select(value => value == 0 ? 0 : value + 100));
        }
    }

    [Fact]
    public void The_same_seed_varies_an_image_the_same_way() =>
        Varied(new Augmentation(true, 2), seed: 7).ShouldBe(Varied(new Augmentation(true, 2), seed: 7));

    private static float[] Varied(Augmentation augmentation, int seed) => Varied(augmentation, seed, Shape, Image);

    private static float[] Varied(Augmentation augmentation, int seed, ImageShape shape, byte[] image)
    {
        var numbers = new float[shape.Length];
        var random = new SplitMix64(seed);
        augmentation.Write(image, shape, Identity, ref random, numbers);
        return numbers;
    }
}
