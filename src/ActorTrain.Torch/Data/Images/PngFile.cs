using System.Buffers.Binary;
using System.IO.Hashing;

namespace ActorTrain.Torch.Data.Images;

/// <summary>The chunks of a PNG file, all checked: a decoder stops reading after its last row.</summary>
internal readonly record struct PngFile(
    int Width,
    int Height,
    int BitsPerSample,
    int Colour,
    bool Interlaced,
    int Orientation,
    IReadOnlyList<Range> Content
)
{
    /// <summary>The first bytes of every PNG file.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says how.</exception>
    public static PngFile Read(ReadOnlySpan<byte> file)
    {
        var (png, content) = (default(PngFile), new List<Range>());
        for (var position = Signature.Length; ; )
        {
            if (position + 12 > file.Length)
                throw Truncated();
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[position..]);
            if (length > file.Length - position - 12)
                throw Truncated();
            var named = file.Slice(position + 4, 4 + (int)length);
            var name = named[..4];
            var data = named[4..];
            var end = position + 8 + (int)length;
            if (Crc32.HashToUInt32(named) != BinaryPrimitives.ReadUInt32BigEndian(file[end..]))
                throw new InvalidDataException($"it is damaged: the checksum of its chunk {Name(name)} is wrong");
            if (png.Width == 0)
                png = Header(name, data);
            else if (name.SequenceEqual("IDAT"u8))
                content.Add((position + 8)..end);
            else if (name.SequenceEqual("eXIf"u8))
                png = png with { Orientation = ExifOrientation.Read(data) };
            else if (name.SequenceEqual("acTL"u8) && FramesOf(data) > 1)
                throw ImageDecoder.Animated();
            else if (name.SequenceEqual("IEND"u8))
                return png with { Content = content };
            position = end + 4;
        }
    }

    private static PngFile Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (!name.SequenceEqual("IHDR"u8) || data.Length != 13)
            throw new InvalidDataException("it is damaged: its header is missing");
        var width = BinaryPrimitives.ReadInt32BigEndian(data);
        var height = BinaryPrimitives.ReadInt32BigEndian(data[4..]);
        return width > 0 && height > 0
            ? new PngFile(width, height, data[8], data[9], data[12] != 0, Orientation: 1, [])
            : throw new InvalidDataException("it is damaged: its header gives no size");
    }

    private static InvalidDataException Truncated() => new("it is truncated: its end chunk is missing");

    private static int FramesOf(ReadOnlySpan<byte> data) =>
        data.Length < 4 ? 0 : BinaryPrimitives.ReadInt32BigEndian(data);

    private static string Name(ReadOnlySpan<byte> name) =>
        string.Concat(name.ToArray().Select(letter => char.IsAsciiLetter((char)letter) ? (char)letter : '?'));
}
