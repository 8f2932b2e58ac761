using System.Buffers.Binary;
using System.IO.Compression;

namespace ActorTrain.Torch.Data.Images;

/// <summary>Reads a PNG file with 16 bits a sample, which are rounded to 8: the decoder would truncate them.</summary>
internal static class Png16
{
    // An interlaced image is seven smaller ones (Adam7): the offset of each, and its distance between pixels.
    private static readonly (int X, int Y, int Across, int Down)[] Passes =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    /// <summary>Reads the pixels.</summary>
    /// <param name="png">Its chunks.</param>
    /// <param name="file">The file.</param>
    /// <param name="pixels">Room for them, each red, green, blue and an unused byte.</param>
    public static void Read(PngFile png, byte[] file, Span<uint> pixels)
    {
        var samples = png.Colour switch
        {
            0 => 1,
            4 => 2,
            2 => 3,
            6 => 4,
            _ => throw new InvalidDataException("it is damaged: a palette has no 16 bits"),
        };
        using var compressed = new MemoryStream();
        foreach (var range in png.Content)
            compressed.Write(file.AsSpan(range));
        compressed.Position = 0;
        using var plain = new ZLibStream(compressed, CompressionMode.Decompress);
        foreach (var (x, y, across, down) in png.Interlaced ? Passes : [(0, 0, 1, 1)])
        {
            var width = (png.Width - x + across - 1) / across;
            if (width <= 0)
                continue;
            var (row, above) = (new byte[2 * samples * width], new byte[2 * samples * width]);
            for (var line = y; line < png.Height; line += down, (row, above) = (above, row))
            {
                ReadRow(plain, row, above, 2 * samples);
                for (var i = 0; i < width; i++)
                    pixels[line * png.Width + x + i * across] = Pixel(row.AsSpan(2 * samples * i), samples);
            }
        }
        // The stream verifies its checksum, which follows the last row, only when it reads to the end.
        plain.CopyTo(Stream.Null);
    }

    private static void ReadRow(ZLibStream plain, byte[] row, byte[] above, int step)
    {
        var filter = plain.ReadByte();
        if (filter is < 0 or > 4 || plain.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
            throw new InvalidDataException("it is damaged: it has fewer rows than its header says");
        for (var i = 0; i < row.Length; i++)
        {
            var (left, up) = (i < step ? 0 : row[i - step], (int)above[i]);
            row[i] += (byte)(
                filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    _ => Nearest(left, up, i < step ? 0 : above[i - step]),
                }
            );
        }
    }

    // Paeth's filter: the one of the three that is nearest to left + up − corner.
    private static int Nearest(int left, int up, int corner)
    {
        var (toLeft, toUp) = (Math.Abs(up - corner), Math.Abs(left - corner));
        var toCorner = Math.Abs(left + up - 2 * corner);
        return toLeft <= toUp && toLeft <= toCorner ? left
            : toUp <= toCorner ? up
            : corner;
    }

    private static uint Pixel(ReadOnlySpan<byte> samples, int count)
    {
        var first = Rounded(samples);
        return count < 3 ? first * 0x010101 : first | Rounded(samples[2..]) << 8 | Rounded(samples[4..]) << 16;
    }

    private static uint Rounded(ReadOnlySpan<byte> sample) =>
        (BinaryPrimitives.ReadUInt16BigEndian(sample) + 128u) / 257;
}
