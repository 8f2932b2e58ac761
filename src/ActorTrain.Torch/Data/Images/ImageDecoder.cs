using System.Buffers;
using System.Buffers.Binary;
using ActorTrain.Sentences;
using SkiaSharp;

namespace ActorTrain.Torch.Data.Images;

/// <summary>
/// Decodes an image file in its right orientation, or says what is wrong with it. Values are those of Pillow's
/// <c>convert("RGB")</c> and <c>convert("L")</c> after <c>exif_transpose</c>: transparency is dropped, colour profiles
/// are left alone, grey is ITU-R 601-2 luma; but 16 bits a sample are rounded to 8.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>Endings of files that are images.</summary>
    public static IReadOnlyList<string> Endings { get; } =
    [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp"];

    /// <summary>The kinds that are read, for a sentence.</summary>
    public const string Kinds = "PNG, JPEG, BMP or WebP";

    /// <summary>Decodes a file.</summary>
    /// <param name="file">Its content, which alone determines its kind.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    /// <param name="allocate">Returns memory for an image of a size, or throws to refuse it before it is
    /// decoded.</param>
    /// <exception cref="InvalidDataException">It is not an image, or damaged; the message says what.</exception>
    public static unsafe void Decode(byte[] file, int channels, Func<ImageShape, Memory<byte>> allocate)
    {
        var png = Check(file);
        fixed (byte* content = file)
        {
            using var data = SKData.Create((nint)content, file.Length);
            using var codec = SKCodec.Create(data) ?? throw Unreadable(file);
            if (codec.FrameCount > 1)
                throw Animated();
            var (width, height) = (codec.Info.Width, codec.Info.Height);
            var orientation = new Orientation(png?.Orientation ?? (int)codec.EncodedOrigin, width, height);
            var planes = allocate(orientation.ShapeOf(channels)).Span;
            // After the size was accepted: a damaged header may announce any size.
            if (IsJpeg(file))
                JpegCheck.Verify(file);
            var length = checked(width * height);
            var pixels = ArrayPool<uint>.Shared.Rent(length);
            try
            {
                if (png is { BitsPerSample: 16 })
                    Png16.Read(png.Value, file, pixels);
                else
                    Decode(codec, pixels);
                orientation.Write(pixels.AsSpan(0, length), planes, channels);
            }
            finally
            {
                ArrayPool<uint>.Shared.Return(pixels);
            }
        }
    }

    /// <summary>The error for a file of several images.</summary>
    public static InvalidDataException Animated() => new("it is animated; an image has one frame");

    private static unsafe void Decode(SKCodec codec, uint[] pixels)
    {
        // Without a colour space no colour is converted; unpremultiplied, transparent pixels keep their colour.
        var alpha = codec.Info.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, alpha);
        SKCodecResult result;
        fixed (uint* first = pixels)
            result = codec.GetPixels(info, (nint)first);
        if (result == SKCodecResult.Success)
            return;
        throw new InvalidDataException(
            result == SKCodecResult.IncompleteInput
                ? "it is truncated: its data ends before its last row"
                : $"it is damaged: its data cannot be decoded ({result})"
        );
    }

    private static PngFile? Check(ReadOnlySpan<byte> file)
    {
        if (file.Length == 0)
            throw new InvalidDataException("it is empty");
        if (file.StartsWith(PngFile.Signature))
            return PngFile.Read(file);
        if (IsWebP(file))
            CheckLength(file, 8L + BinaryPrimitives.ReadUInt32LittleEndian(file[4..]));
        else if (!IsJpeg(file) && !file.StartsWith("BM"u8))
            throw new InvalidDataException($"its content is not {Kinds}");
        return null;
    }

    // The check of a JPEG has a more precise message than a decoder that cannot start.
    private static InvalidDataException Unreadable(ReadOnlySpan<byte> file)
    {
        if (IsJpeg(file))
            JpegCheck.Verify(file);
        return new InvalidDataException("it is damaged: its header cannot be read");
    }

    private static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8]);

    private static bool IsWebP(ReadOnlySpan<byte> file) =>
        file.Length > 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    private static void CheckLength(ReadOnlySpan<byte> file, long length)
    {
        if (file.Length >= length)
            return;
        throw new InvalidDataException(
            $"it is truncated: its header announces {Plural.Format(length, "byte")}, and it has {file.Length}"
        );
    }
}
