using System.Buffers.Binary;
using System.IO.Compression;
using ActorTrain.Sentences;

namespace ActorTrain.Torch.Data;

/// <summary>
/// Reads the IDX files of MNIST and its relatives, see https://yann.lecun.com/exdb/mnist: a magic number, sizes, bytes.
/// </summary>
internal static class IdxFile
{
    private const int ImagesMagic = 0x803,
        LabelsMagic = 0x801;

    // Sizes come from the file: implausible ones are refused before memory is allocated.
    private const int MostSamples = 1_000_000,
        LargestSide = 256;

    /// <summary>Reads images: their shape and their pixels.</summary>
    public static (ImageShape Shape, byte[] Pixels) ReadImages(Stream stream, string name, bool compressed)
    {
        var (sizes, content) = Read(stream, name, compressed, ImagesMagic, "images");
        return (new ImageShape(1, sizes[1], sizes[2]), content);
    }

    /// <summary>Reads labels, each below the number of classes.</summary>
    public static byte[] ReadLabels(Stream stream, string name, bool compressed, int classes)
    {
        var labels = Read(stream, name, compressed, LabelsMagic, "labels").Content;
        var wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
        return wrong < 0
            ? labels
            : throw new ActorTrainException(
                $"{name}: label {wrong} is {labels[wrong]}; it must be 0 to {classes - 1}."
            );
    }

    private static (int[] Sizes, byte[] Content) Read(
        Stream stream,
        string name,
        bool compressed,
        int magic,
        string what
    )
    {
        try
        {
            using var plain = compressed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
            return ReadPlain(plain, name, magic, what);
        }
        catch (InvalidDataException e)
        {
            throw new ActorTrainException($"{name}: it is not a whole gzip file ({e.AsClause()}).", e);
        }
    }

    private static (int[] Sizes, byte[] Content) ReadPlain(Stream stream, string name, int magic, string what)
    {
        var found = ReadInt(stream, name);
        if (found != magic)
            throw new ActorTrainException(
                $"{name}: its magic number is 0x{found:x8}; a file of {what} begins with 0x{magic:x8}."
            );
        var sizes = new int[magic & 0xff];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = ReadInt(stream, name);
            var most = i == 0 ? MostSamples : LargestSide;
            if (sizes[i] < 1 || sizes[i] > most)
                throw new ActorTrainException(
                    $"{name}: its header gives {sizes[i]} as size {i + 1} of {sizes.Length}; it must be 1 to {most}."
                );
        }
        var length = sizes.Aggregate(1L, (product, size) => product * size);
        if (length > Array.MaxLength)
            throw new ActorTrainException(
                $"{name}: its header announces {Plural.Format(length, "byte")}, more than can be held in memory."
            );
        var content = new byte[length];
        var read = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        if (read < content.Length)
            throw new ActorTrainException(
                $"{name}: it is truncated; its header announces {Plural.Format(length, "byte")} "
                    + $"of {what}, and {read} follow."
            );
        if (stream.ReadByte() >= 0)
            throw new ActorTrainException(
                $"{name}: its header announces {Plural.Format(length, "byte")} of {what}, and more follow."
            );
        return (sizes, content);
    }

    private static int ReadInt(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[4];
        return stream.ReadAtLeast(bytes, 4, throwOnEndOfStream: false) == 4
            ? BinaryPrimitives.ReadInt32BigEndian(bytes)
            : throw new ActorTrainException($"{name}: it is truncated; it ends within its header.");
    }
}
