using static ActorTrain.Torch.Tests.Data.ImageFiles;
using static ActorTrain.Torch.Tests.Data.ReadImage;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>PNG files of every depth, colour and order of rows are read as Pillow reads them.</summary>
public sealed class PngPixelsSpecs
{
    [Fact]
    public void Sixteen_bits_a_sample_are_rounded_to_eight()
    {
        // The upper byte alone would be 0, 0, 1, 127, 254, 255.
        Seen(Png(6, 1, 16, 0, Row16(128, 129, 511, 0x7fff, 0xfe7f + 129, 65535))).ShouldBe([0, 1, 2, 127, 254, 255]);
        Seen(Png(1, 1, 16, 2, Row16(511, 129, 65535)), channels: 3).ShouldBe([2, 1, 255]);
        Seen(Png(2, 1, 16, 4, Row16(511, 0, 129, 65535))).ShouldBe([2, 1]);
        Seen(Png(1, 1, 16, 6, Row16(511, 129, 65535, 0)), channels: 3).ShouldBe([2, 1, 255]);
    }

    [Fact]
    public void Each_filter_of_sixteen_bit_rows_is_undone()
    {
        // Rows of three pixels, filtered by none, left, above, mean, Paeth and Paeth.
        byte[] rows =
        [
            0,
            1,
            44,
            3,
            232,
            255,
            255,
            1,
            156,
            64,
            100,
            194,
            2,
            255,
            2,
            100,
            199,
            253,
            230,
            254,
            128,
            3,
            48,
            54,
            62,
            161,
            151,
            169,
            4,
            208,
            200,
            44,
            1,
            234,
            94,
            4,
            234,
            95,
            22,
            161,
            22,
            162,
        ];

        Seen(Png(3, 6, 16, 0, rows)).ShouldBe([1, 4, 255, 156, 0, 2, 0, 253, 1, 48, 211, 1, 0, 0, 233, 233, 0, 0]);
    }

    [Fact]
    public void Interlaced_rows_are_put_in_their_places()
    {
        // 3×3: pass 1 has the corner, pass 4 the pixel at (2, 0), pass 5 those of row 2, pass 6 column 1 of rows 0
        // and 2, pass 7 row 1.
        byte[] eight = [0, 10, 0, 12, 0, 30, 32, 0, 11, 0, 31, 0, 20, 21, 22];
        byte[] sixteen = [.. Row(10), .. Row(12), .. Row(30, 32), .. Row(11), .. Row(31), .. Row(20, 21, 22)];
        byte[] Row(params int[] values) => Row16([.. values.Select(value => 257 * value)]);

        Seen(Png(3, 3, 8, 0, eight, interlaced: true)).ShouldBe([10, 11, 12, 20, 21, 22, 30, 31, 32]);
        Seen(Png(3, 3, 16, 0, sixteen, interlaced: true)).ShouldBe([10, 11, 12, 20, 21, 22, 30, 31, 32]);
    }

    [Fact]
    public void Samples_of_fewer_bits_are_scaled_to_the_whole_range()
    {
        Seen(Png(8, 1, 1, 0, [0, 0b10110001])).ShouldBe([255, 0, 255, 255, 0, 0, 0, 255]);
        Seen(Png(4, 1, 2, 0, [0, 0b00011011])).ShouldBe([0, 85, 170, 255]);
        Seen(Png(2, 1, 4, 0, [0, 0x3c])).ShouldBe([51, 204]);
    }

    [Fact]
    public void The_colours_of_a_palette_are_read()
    {
        byte[] palette = Chunk("PLTE", [1, 2, 3, 40, 50, 60, 255, 128, 0]);

        Seen(Png(3, 1, 8, 3, [0, 0, 1, 2], palette), channels: 3).ShouldBe([1, 40, 255, 2, 50, 128, 3, 60, 0]);
        Seen(Png(3, 1, 8, 3, [0, 0, 1, 2], [.. palette, .. Chunk("tRNS", [0, 128])]), channels: 3)
            .ShouldBe([1, 40, 255, 2, 50, 128, 3, 60, 0]);
    }

    [Fact]
    public void Transparency_is_dropped()
    {
        Seen(Png(2, 1, 8, 6, [0, 10, 20, 30, 0, 200, 100, 50, 7]), channels: 3).ShouldBe([10, 200, 20, 100, 30, 50]);
        Seen(Png(2, 1, 8, 4, [0, 10, 0, 200, 7])).ShouldBe([10, 200]);
        Seen(Png(1, 1, 8, 2, [0, 10, 20, 30], Chunk("tRNS", [0, 10, 0, 20, 0, 30])), channels: 3)
            .ShouldBe([10, 20, 30]);
    }

    [Fact]
    public void Gamma_and_colour_profiles_change_nothing() =>
        Seen(Png(1, 1, 8, 2, [0, 10, 20, 30], Chunk("gAMA", [0, 1, 0x86, 0xa0])), channels: 3).ShouldBe([10, 20, 30]);

    [Fact]
    public void Colour_becomes_grey_by_luma_and_grey_becomes_colour()
    {
        Seen(Png(3, 1, 8, 2, [0, 255, 0, 0, 0, 255, 0, 0, 0, 255])).ShouldBe([76, 150, 29]);
        Seen(Png(2, 1, 8, 0, [0, 7, 77]), channels: 3).ShouldBe([7, 77, 7, 77, 7, 77]);
    }
}
