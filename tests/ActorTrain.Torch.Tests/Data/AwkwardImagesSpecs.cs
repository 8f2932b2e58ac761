using ActorTrain.Torch.Data;
using SkiaSharp;
using static ActorTrain.Torch.Tests.Data.ImageFiles;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Unusual image files: damaged ones are refused, others are read as Pillow reads them.</summary>
public sealed class AwkwardImagesSpecs
{
    private static readonly byte[] Jpeg = Photo(SKEncodedImageFormat.Jpeg),
        EightBitPng = Photo(SKEncodedImageFormat.Png),
        WebP = Photo(SKEncodedImageFormat.Webp);

    private static readonly byte[] SixteenBitPng = Png(
        40,
        30,
        16,
        0,
        [.. Enumerable.Range(0, 30).SelectMany(SixteenBitRow)]
    );

    private static readonly byte[] Bmp =
    [
        .. "BM"u8,
        66,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        54,
        0,
        0,
        0,
        40,
        0,
        0,
        0,
        2,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        1,
        0,
        24,
        .. new byte[26],
        1,
        2,
        3,
        4,
        5,
        6,
        0,
        0,
    ];

    private static readonly byte[] TwoRows = [0, 10, 20, 0, 30, 40];

    [Theory]
    [InlineData("jpeg"), InlineData("progressive jpeg"), InlineData("jpeg with restarts")]
    [InlineData("png"), InlineData("16-bit png"), InlineData("webp")]
    public void A_truncated_file_is_refused(string kind)
    {
        var whole = kind switch
        {
            "jpeg" => Jpeg,
            "progressive jpeg" => ProgressiveJpeg,
            "jpeg with restarts" => RestartJpeg,
            "png" => EightBitPng,
            "16-bit png" => SixteenBitPng,
            _ => WebP,
        };

        Seen(whole).ShouldNotBeEmpty();
        foreach (var percent in new[] { 1, 25, 50, 75, 95, 99 })
        {
            Refusal(whole[..(whole.Length * percent / 100)])
                .ShouldStartWith("it is truncated: ", customMessage: $"{percent} %");
        }
    }

    [Fact]
    public void A_file_that_lacks_only_its_end_is_refused()
    {
        Refusal(Jpeg[..^2]).ShouldBe("it is truncated: its end marker is missing");
        Refusal(ProgressiveJpeg[..^2]).ShouldBe("it is truncated: its end marker is missing");
        Refusal(EightBitPng[..^12]).ShouldBe("it is truncated: its end chunk is missing");
        Refusal(EightBitPng[..^1]).ShouldBe("it is truncated: its end chunk is missing");
        Refusal(WebP[..^1])
            .ShouldBe(
                FormattableString.Invariant(
                    $"it is truncated: its header announces {WebP.Length:N0} bytes, and it has {WebP.Length - 1}"
                )
            );
        Refusal(Bmp[..^4]).ShouldBe("it is truncated: its data ends before its last row");
    }

    [Fact]
    public void Data_after_the_end_of_an_image_is_ignored()
    {
        // Phones put a second picture there.
        Seen([.. Jpeg, .. Jpeg]).ShouldBe(Seen(Jpeg));
        Seen([.. EightBitPng, 1, 2, 3]).ShouldBe(Seen(EightBitPng));
    }

    [Fact]
    public void A_jpeg_with_missing_or_overwritten_data_is_refused()
    {
        var middle = Jpeg.Length / 2;

        Refusal([.. Jpeg[..middle], .. Jpeg[(middle + 500)..]])
            .ShouldBe("it is damaged: its data leaves the range of pixels");
        Refusal([.. Jpeg[..middle], .. new byte[500], .. Jpeg[(middle + 500)..]]).ShouldStartWith("it is damaged: ");
        Refusal([.. Jpeg[..middle], .. Jpeg[(middle - 500)..]]).ShouldStartWith("it is damaged: ");
        Refusal([.. RestartJpeg[..^30], .. RestartJpeg[^2..]])
            .ShouldBe("it is damaged: a scan's data ends before its last block");
        Refusal([.. Jpeg[..^2], 1, 2, 3, .. Jpeg[^2..]])
            .ShouldBe("it is damaged: more data follows a scan's last block");
        Refusal([.. ProgressiveJpeg[..^20], .. ProgressiveJpeg[^10..]]).ShouldStartWith("it is damaged: ");
    }

    [Fact]
    public void A_jpeg_whose_restart_marker_is_lost_is_refused()
    {
        var second = RestartJpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xd1]);

        Refusal([.. RestartJpeg[..second], .. RestartJpeg[(second + 2)..]]).ShouldStartWith("it is damaged: ");
        Refusal([.. RestartJpeg[..second], 0xff, 0xd5, .. RestartJpeg[(second + 2)..]])
            .ShouldBe("it is damaged: a restart marker is missing");
    }

    [Fact]
    public void Most_flipped_bytes_of_a_jpeg_are_found_and_none_causes_another_exception()
    {
        // JPEG has no checksum: wrong pixels are not detected where the number of codes is right.
        const int tries = 200;
        var random = new SplitMix64(3);
        var found = 0;
        foreach (var whole in new[] { Jpeg, ProgressiveJpeg })
        {
            for (var i = 0; i < tries; i++)
            {
                var damaged = whole.ToArray();
                for (var flips = 0; flips < 8; flips++)
                    damaged[random.NextBelow(damaged.Length)] ^= (byte)(1 + random.NextBelow(255));
                if (Outcome(damaged) is { } sentence)
                {
                    sentence.ShouldNotContain("\n");
                    found++;
                }
            }
        }
        found.ShouldBeGreaterThan(2 * tries * 3 / 4);
    }

    [Fact]
    public void Every_flipped_byte_of_a_png_is_found()
    {
        var random = new SplitMix64(4);
        for (var i = 0; i < 200; i++)
        {
            var damaged = SixteenBitPng.ToArray();
            damaged[random.NextBelow(damaged.Length)] ^= (byte)(1 + random.NextBelow(255));
            Outcome(damaged).ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData("IHDR"), InlineData("IDAT"), InlineData("tEXt"), InlineData("IEND")]
    public void A_png_chunk_with_a_wrong_checksum_is_named(string chunk)
    {
        uint DamageOf(string name) => name == chunk ? 1u : 0;
        byte[] Of(string name, byte[] data) => Chunk(name, data, DamageOf(name));
        byte[] text = [.. "a\0b"u8];
        byte[] file =
        [
            .. PngSignature,
            .. Header(2, 2, 8, 0),
            .. Of("tEXt", text),
            .. Of("IDAT", Compressed(TwoRows)),
            .. Of("IEND", []),
        ];
        if (chunk == "IHDR")
            file[8 + 8 + 13] ^= 1;

        Refusal(file).ShouldBe($"it is damaged: the checksum of its chunk {chunk} is wrong");
    }

    [Theory]
    [InlineData(8), InlineData(16)]
    public void A_png_whose_content_is_wrong_under_right_checksums_is_refused(int bits)
    {
        byte[] Of(byte[] content) =>
            [.. PngSignature, .. Header(2, 2, bits, 0), .. Chunk("IDAT", content), .. Chunk("IEND", [])];
        var rows = bits == 8 ? TwoRows : [.. Row16(1, 2), .. Row16(3, 4)];
        var whole = Compressed(rows);

        Seen(Of(whole)).Length.ShouldBe(4);
        Outcome(Of([.. whole[..^1], (byte)(whole[^1] ^ 1)])).ShouldNotBeNull();
        Outcome(Of(Compressed(rows[..(rows.Length / 2)]))).ShouldNotBeNull();
        Outcome(Of(Compressed([9, .. rows[1..]]))).ShouldNotBeNull();
    }

    [Fact]
    public void A_file_that_is_not_an_image_is_refused()
    {
        Refusal([]).ShouldBe("it is empty");
        Refusal([.. "not an image"u8]).ShouldBe("its content is not PNG, JPEG, BMP or WebP");
        Refusal(Gif).ShouldBe("its content is not PNG, JPEG, BMP or WebP");
        Refusal([0xff, 0xd8]).ShouldBe("it is truncated: its end marker is missing");
        Refusal(PngSignature.ToArray()).ShouldBe("it is truncated: its end chunk is missing");
        Refusal([.. PngSignature, .. Chunk("IEND", [])]).ShouldBe("it is damaged: its header is missing");
    }

    [Fact]
    public void An_animation_is_refused() =>
        Refusal(Png(2, 2, 8, 0, TwoRows, Chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])))
            .ShouldBe("it is animated; an image has one frame");

    [Fact]
    public void A_size_beyond_the_memory_is_refused_before_the_allocation() =>
        Complaint(Png(200_000, 200_000, 8, 0, TwoRows))
            .ShouldEndWith("its 2 images of 200000×200000 are more than can be held in memory.");

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

    private static byte[] SixteenBitRow(int y) => Row16([.. Enumerable.Range(0, 40).Select(x => x * y * 40 + 7 * x)]);

    private static SKColor Grey(int value) => new((byte)value, (byte)value, (byte)value);

    private static byte[] Seen(byte[] file, string name = "1.png", int channels = 1)
    {
        using var folder = PetFolder.Of(file, name);
        return folder.Load(channels).Train.Image(0).ToArray();
    }

    private static byte[] Seen(byte[] file, int channels) => Seen(file, "1.png", channels);

    /// <summary>The error for a file; null where it is read.</summary>
    private static string? Outcome(byte[] file)
    {
        using var folder = PetFolder.Of(file, "1.png");
        try
        {
            folder.Load();
            return null;
        }
        catch (ActorTrainException e)
        {
            return e.Message;
        }
    }

    private static string Complaint(byte[] file)
    {
        using var folder = PetFolder.Of(file, "1.png");
        return folder.Refusal();
    }

    /// <summary>The error for the file, without its name.</summary>
    private static string Refusal(byte[] file)
    {
        const string before = "train/cat/1.png: it cannot be read as an image (",
            after = ").";
        var sentence = Complaint(file);
        sentence.ShouldStartWith(before);
        sentence.ShouldEndWith(after);
        return sentence[before.Length..^after.Length];
    }
}
