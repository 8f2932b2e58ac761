using System.Buffers.Binary;

namespace ActorTrain.Torch.Data.Images;

/// <summary>Reads an image's orientation from its Exif data: 1 (as stored) to 8.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x112;

    /// <summary>Finds it in the first directory; 1 where there is none.</summary>
    public static int Read(ReadOnlySpan<byte> exif)
    {
        var little = exif.StartsWith("II"u8);
        if (exif.Length < 8 || !little && !exif.StartsWith("MM"u8))
            return 1;
        var start = Long(exif[4..]);
        if (start > exif.Length - 2)
            return 1;
        var entries = Short(exif[(int)start..]);
        var rest = exif[((int)start + 2)..];
        for (; entries > 0 && rest.Length >= 12; entries--, rest = rest[12..])
            if (Short(rest) == Tag && Short(rest[8..]) is >= 1 and <= 8 and var orientation)
                return orientation;
        return 1;

        int Short(ReadOnlySpan<byte> at) =>
            little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

        uint Long(ReadOnlySpan<byte> at) =>
            little ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
    }
}
