using SkiaSharp;
using static ActorTrain.Torch.Tests.Data.ImageFiles;
using static ActorTrain.Torch.Tests.Data.ReadImage;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Image files that are damaged, or hold no single image, are refused.</summary>
public sealed class DamagedImagesSpecs
{
    private static readonly byte[] WebP = Photo(SKEncodedImageFormat.Webp);

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

    private static byte[] SixteenBitRow(int y) => Row16([.. Enumerable.Range(0, 40).Select(x => x * y * 40 + 7 * x)]);
}
