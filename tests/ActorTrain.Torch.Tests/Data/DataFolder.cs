using System.Buffers.Binary;
using System.IO.Compression;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>A folder with a small data set in the files of Fashion-MNIST, which a test then damages.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string this[string file] => _folder[file];

    /// <summary>Six training and four test images.</summary>
    public static DataFolder Whole()
    {
        var folder = new DataFolder();
        folder.Write("train-images-idx3-ubyte", Images(6));
        folder.Write("train-labels-idx1-ubyte", Labels(6));
        folder.Write("t10k-images-idx3-ubyte.gz", Zipped(Images(4)));
        folder.Write("t10k-labels-idx1-ubyte.gz", Zipped(Labels(4)));
        return folder;
    }

    public static byte[] Images(int count) =>
        [.. Header(0x803, count, 28, 28), .. Enumerable.Range(0, count * 28 * 28).Select(i => (byte)(i % 251))];

    public static byte[] Labels(int count) =>
        [.. Header(0x801, count), .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];

    public static byte[] Header(params int[] numbers)
    {
        var bytes = new byte[numbers.Length * 4];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(i * 4), numbers[i]);
        return bytes;
    }

    public static byte[] Zipped(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Fastest))
            zip.Write(content);
        return stream.ToArray();
    }

    public void Write(string file, byte[] content) => File.WriteAllBytes(_folder[file], content);

    public void Dispose() => _folder.Dispose();
}
