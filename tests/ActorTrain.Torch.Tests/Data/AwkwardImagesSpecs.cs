using ActorTrain.Torch.Data;
using SkiaSharp;
using static ActorTrain.Torch.Tests.Data.ImageFiles;
using static ActorTrain.Torch.Tests.Data.ReadImage;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Unusual but valid image files are read as Pillow reads them.</summary>
public sealed class AwkwardImagesSpecs
{
    [Fact]
    public void Data_after_the_end_of_an_image_is_ignored()
    {
        // Phones put a second picture there.
        Seen([.. Jpeg, .. Jpeg]).ShouldBe(Seen(Jpeg));
        Seen([.. EightBitPng, 1, 2, 3]).ShouldBe(Seen(EightBitPng));
    }

    [Fact]
    public void The_content_and_not_the_ending_determines_the_kind_of_a_file()
    {
        Seen(EightBitPng, "1.jpg").ShouldBe(Seen(EightBitPng));
        Seen(Jpeg, "1.bmp").ShouldBe(Seen(Jpeg));
    }

    [Theory]
    [InlineData("1.PNG"), InlineData("1.JPeG"), InlineData("a cat, sleeping.png"), InlineData("猫 Кот ネコ.png")]
    [InlineData("été\u0301.png"), InlineData("-rf.png"), InlineData("%00.png")]
    public void A_file_may_have_any_name(string name) => Seen(EightBitPng, name).ShouldBe(Seen(EightBitPng));

    [Fact]
    public void A_cmyk_jpeg_is_converted_to_rgb() =>
        Seen(CmykJpeg, channels: 3)
            .ShouldBe(new byte[] { 207, 131, 46 }.SelectMany(value => Enumerable.Repeat(value, 64)));

    [Fact]
    public void A_jpeg_of_several_scans_and_one_with_restarts_have_the_pixels_that_libjpeg_gives_them()
    {
        Corners(ProgressiveJpeg).ShouldBe([99, 113, 124, 78, 160, 75, 130, 170, 73]);
        Corners(RestartJpeg).ShouldBe([110, 106, 133, 69, 170, 50, 134, 166, 81]);

        static byte[] Corners(byte[] file)
        {
            var planes = Seen(file, channels: 3);
            int[] places = [0, 12 * 32 + 16, 24 * 32 - 1];
            return [.. places.SelectMany(at => new[] { planes[at], planes[768 + at], planes[2 * 768 + at] })];
        }
    }

    [Theory]
    [InlineData(0, "123 456"), InlineData(1, "123 456"), InlineData(2, "321 654"), InlineData(3, "654 321")]
    [InlineData(4, "456 123"), InlineData(5, "14 25 36"), InlineData(6, "41 52 63"), InlineData(7, "63 52 41")]
    [InlineData(8, "36 25 14"), InlineData(9, "123 456")]
    public void An_image_is_rotated_and_mirrored_by_its_exif_orientation(int orientation, string rows)
    {
        var png = Png(3, 2, 8, 0, [0, 1, 2, 3, 0, 4, 5, 6], Chunk("eXIf", Exif(orientation)));
        // Blocks of eight, so that their middles keep their values.
        var blocks = Encoded(SKEncodedImageFormat.Jpeg, 24, 16, (x, y) => Grey(40 * (1 + x / 8 + 3 * (y / 8))));
        var jpeg = Turned(blocks, orientation);
        var lines = rows.Split(' ');

        using (var folder = PetFolder.Of(png, "1.png"))
        {
            var train = folder.Load().Train;
            train.Shape.ShouldBe(new ImageShape(1, lines.Length, lines[0].Length));
            train.Image(0).ToArray().ShouldBe(lines.SelectMany(line => line).Select(digit => (byte)(digit - '0')));
        }
        using (var folder = PetFolder.Of(jpeg, "1.jpg"))
        {
            var train = folder.Load().Train;
            train.Shape.ShouldBe(new ImageShape(1, 8 * lines.Length, 8 * lines[0].Length));
            for (var row = 0; row < lines.Length; row++)
            {
                for (var column = 0; column < lines[0].Length; column++)
                {
                    double middle = train.Image(0)[(8 * row + 4) * train.Shape.Width + 8 * column + 4];
                    middle.ShouldBe(40 * (lines[row][column] - '0'), tolerance: 2);
                }
            }
        }
    }

    [Fact]
    public void A_webp_is_read() =>
        Seen(Encoded(SKEncodedImageFormat.Webp, 16, 16, (_, _) => Grey(90)))
            .ShouldAllBe(pixel => Math.Abs(pixel - 90) <= 2);

    private static SKColor Grey(int value) => new((byte)value, (byte)value, (byte)value);
}
