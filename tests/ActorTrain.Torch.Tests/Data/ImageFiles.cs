using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using SkiaSharp;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Creates image files as programs and cameras write them.</summary>
internal static class ImageFiles
{
    public static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    // Files that SkiaSharp cannot encode: 32×24 in several scans, 32×24 with restart markers, 8×8 in CMYK, a GIF.
    public static byte[] ProgressiveJpeg { get; } =
        Convert.FromBase64String(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhl"
                + "bXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8"
                + "fHx8fHx8fHx8fHx8fHz/wgARCAAYACADASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAIBA//EABcBAQEBAQAAAAAA"
                + "AAAAAAAAAAMCAAH/2gAMAwEAAhADEAAAAadefTmtwToSsaav/8QAGBAAAwEBAAAAAAAAAAAAAAAAAAERQSD/2gAIAQEAAQUC"
                + "aMhDClFx/8QAFxEBAAMAAAAAAAAAAAAAAAAAAQAQEf/aAAgBAwEBPwFgO3//xAAXEQADAQAAAAAAAAAAAAAAAAAAAREQ/9oA"
                + "CAECAQE/AWy0uf/EABQQAQAAAAAAAAAAAAAAAAAAADD/2gAIAQEABj8CT//EABoQAAIDAQEAAAAAAAAAAAAAAAABETFRIWH/"
                + "2gAIAQEAAT8hSqIC2eSJkMp0TSMx6hvRUf/aAAwDAQACAAMAAAAQxl/f/8QAGBEBAQEBAQAAAAAAAAAAAAAAAQAhETH/2gAI"
                + "AQMBAT8Q35bDGyAdL//EABgRAQEBAQEAAAAAAAAAAAAAAAEAESEx/9oACAECAQE/ECzkpSlnzb//xAAZEAADAQEBAAAAAAAA"
                + "AAAAAAAAARExcWH/2gAIAQEAAT8QaQSoWjW6hPR0ClmiZRoUpCyjwVegqXRLtH//2Q=="
        );

    public static byte[] RestartJpeg { get; } =
        Convert.FromBase64String(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhl"
                + "bXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8"
                + "fHx8fHx8fHx8fHx8fHz/wAARCAAYACADAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAA"
                + "AgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6"
                + "Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXG"
                + "x8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREA"
                + "AgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5"
                + "OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPE"
                + "xcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/90ABAAB/9oADAMBAAIRAxEAPwCWSBVOFra1tTOSuf/Ql2AR4HWn"
                + "LVnJJ20P/9F6wEnLColNRR5cpI//0pvIH8PWuRTbdzhpt20P/9O9t3R7u9U6qtZmUm0rH//UmbI6daiUtDmlBSR//9WwJCFw"
                + "3WuF3buzzvZH/9adJGDZFcqSsc0IuKP/17cTsBg9K5pyi0Ytts//0LbgfeXrXEpGSWp//9GR2GMt1rju3oiVB3P/0p0wUyK4"
                + "npoS+zP/2Q=="
        );

    public static byte[] CmykJpeg { get; } =
        Convert.FromBase64String(
            "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
                + "AQEBAQEBAQEBAQEBAQEB/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAoI/8QAFBABAAAAAAAA"
                + "AAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwB1C2BtyuH/2Q=="
        );

    public static byte[] Gif { get; } =
        Convert.FromBase64String("R0lGODdhAgABAIEAAAkJCQAAAAAAAAAAACwAAAAAAgABAAAIBQABAAgIADs=");

    public static byte[] Jpeg { get; } = Photo(SKEncodedImageFormat.Jpeg);

    public static byte[] EightBitPng { get; } = Photo(SKEncodedImageFormat.Png);

    /// <summary>A fixed picture with content in each of its blocks.</summary>
    public static byte[] Photo(SKEncodedImageFormat format, int width = 160, int height = 120)
    {
        var random = new SplitMix64(7);
        return Encoded(
            format,
            width,
            height,
            (x, y) =>
                new SKColor(
                    (byte)(x * 255 / width),
                    (byte)(y * 255 / height),
                    (byte)(120 + 60 * Math.Sin(x * y / 150.0) + random.NextBelow(16))
                )
        );
    }

    /// <summary>A picture by its pixels.</summary>
    public static byte[] Encoded(SKEncodedImageFormat format, int width, int height, Func<int, int, SKColor> colour)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
            bitmap.SetPixel(x, y, colour(x, y));
        using var data = bitmap.Encode(format, quality: 95);
        return data.ToArray();
    }

    /// <summary>A PNG by its rows.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="bits">Bits a sample.</param>
    /// <param name="colour">0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha.</param>
    /// <param name="rows">The bytes of the rows, each with its filter before it.</param>
    /// <param name="before">Chunks before the content.</param>
    /// <param name="interlaced">Whether the rows are those of the seven passes.</param>
    public static byte[] Png(
        int width,
        int height,
        int bits,
        int colour,
        byte[] rows,
        byte[]? before = null,
        bool interlaced = false
    ) =>
        [
            .. PngSignature,
            .. Header(width, height, bits, colour, interlaced),
            .. before ?? [],
            .. Chunk("IDAT", Compressed(rows)),
            .. Chunk("IEND", []),
        ];

    public static byte[] Header(int width, int height, int bits, int colour, bool interlaced = false)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)bits, (byte)colour, (byte)(interlaced ? 1 : 0));
        return Chunk("IHDR", header);
    }

    public static byte[] Chunk(string name, byte[] data, uint damage = 0)
    {
        byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(name), .. data];
        var (length, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32.HashToUInt32(named) ^ damage);
        return [.. length, .. named, .. sum];
    }

    public static byte[] Compressed(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Optimal))
            zlib.Write(content);
        return stream.ToArray();
    }

    /// <summary>Exif data with an orientation.</summary>
    public static byte[] Exif(int orientation) =>
        [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    /// <summary>A JPEG with an Exif orientation, as a rotated camera writes it.</summary>
    public static byte[] Turned(byte[] jpeg, int orientation)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. Exif(orientation)];
        return [0xff, 0xd8, 0xff, 0xe1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>A row of 16-bit samples of a PNG, without a filter.</summary>
    public static byte[] Row16(params int[] samples) =>
        [0, .. samples.SelectMany(sample => new[] { (byte)(sample >> 8), (byte)sample })];
}
