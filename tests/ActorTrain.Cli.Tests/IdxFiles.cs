using System.Buffers.Binary;

namespace ActorTrain.Cli.Tests;

/// <summary>The four files of a data set of random values.</summary>
internal static class IdxFiles
{
    private const int Side = 28;

    public static void WriteTo(string folder, int train, int test)
    {
        Write(Path.Combine(folder, "train-images-idx3-ubyte"), 0x803, Side * Side, [train, Side, Side]);
        Write(Path.Combine(folder, "train-labels-idx1-ubyte"), 0x801, 1, [train]);
        Write(Path.Combine(folder, "t10k-images-idx3-ubyte"), 0x803, Side * Side, [test, Side, Side]);
        Write(Path.Combine(folder, "t10k-labels-idx1-ubyte"), 0x801, 1, [test]);
    }

    private static void Write(string path, int magic, int bytesEach, int[] sizes)
    {
        var random = new Random(1);
        var file = new byte[sizeof(int) * (1 + sizes.Length) + sizes[0] * bytesEach];
        BinaryPrimitives.WriteInt32BigEndian(file, magic);
        for (var i = 0; i < sizes.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(sizeof(int) * (i + 1)), sizes[i]);
        foreach (ref var value in file.AsSpan(sizeof(int) * (1 + sizes.Length)))
            value = (byte)random.Next(10);
        File.WriteAllBytes(path, file);
    }
}
