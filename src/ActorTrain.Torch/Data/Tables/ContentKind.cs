namespace ActorTrain.Torch.Data.Tables;

/// <summary>Recognises by its first bytes a file that is not text.</summary>
internal static class ContentKind
{
    private const string Zip = "a zip archive",
        Pickle = "a Python pickle";

    private static readonly (byte[] Start, string Name)[] Known =
    [
        (Bytes("PK\x03\x04"), Zip),
        (Bytes("PK\x05\x06"), Zip),
        ([0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook"),
        (Bytes("PAR1"), "a Parquet file"),
        (Bytes("ARROW1"), "an Arrow file"),
        (Bytes("FEA1"), "a Feather file"),
        (Bytes("ORC"), "an ORC file"),
        (Bytes("Obj\x01"), "an Avro file"),
        (Bytes("\x93NUMPY"), "a NumPy array"),
        (Bytes("\x89HDF"), "an HDF5 file"),
        (Bytes("SQLite format 3"), "an SQLite database"),
        (Bytes("MATLAB 5.0 MAT-file"), "a MATLAB file"),
        (Bytes("%PDF"), "a PDF document"),
        ([0x80, 2], Pickle),
        ([0x80, 3], Pickle),
        ([0x80, 4], Pickle),
        ([0x80, 5], Pickle),
        ([0x1f, 0x8b], "a gzip file in a gzip file"),
        ([0x1f, 0x9d], "a compress file"),
        (Bytes("BZh"), "a bzip2 file"),
        (Bytes("\xfd" + "7zXZ"), "an xz file"),
        ([0x28, 0xb5, 0x2f, 0xfd], "a zstd file"),
        ([0x04, 0x22, 0x4d, 0x18], "an LZ4 file"),
        (Bytes("7z\xbc\xaf"), "a 7-Zip archive"),
        (Bytes("Rar!"), "a RAR archive"),
        (Bytes("\x89PNG"), "a PNG image"),
        ([0xff, 0xd8, 0xff], "a JPEG image"),
        (Bytes("GIF8"), "a GIF image"),
    ];

    // A text with a few damaged bytes still counts as text, so that the reader names their line.
    private const int FewControls = 8;

    /// <summary>Whether it is compressed with gzip.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> head) => head is [0x1f, 0x8b, ..];

    /// <summary>What a file is; null for text.</summary>
    public static string? Find(ReadOnlySpan<byte> head)
    {
        foreach (var (start, name) in Known)
            if (head.StartsWith(start))
                return IsWorkbook(head, name) ? "an Excel workbook" : name;
        if (head.Length >= 262 && head[257..262].SequenceEqual("ustar"u8))
            return "a tar archive";
        if (HasMark(head))
            return null;
        if (LooksLikeUtf16(head))
            return "UTF-16 text without a byte order mark";
        var controls = 0;
        foreach (var value in head)
            controls += value is < 8 or > 13 and < 32 ? 1 : 0;
        return controls > FewControls && controls * 20 > head.Length ? "binary" : null;
    }

    private static bool IsWorkbook(ReadOnlySpan<byte> head, string name) =>
        name == Zip && (head.IndexOf("[Content_Types].xml"u8) >= 0 || head.IndexOf("xl/"u8) >= 0);

    private static bool HasMark(ReadOnlySpan<byte> head) =>
        head is [0xff, 0xfe, ..] or [0xfe, 0xff, ..] or [0, 0, 0xfe, 0xff, ..];

    // In UTF-16 every other byte of Western text is zero.
    private static bool LooksLikeUtf16(ReadOnlySpan<byte> head)
    {
        Span<int> zeros = stackalloc int[2];
        for (var i = 0; i < head.Length; i++)
            zeros[i % 2] += head[i] == 0 ? 1 : 0;
        var (few, many) = (Math.Min(zeros[0], zeros[1]), Math.Max(zeros[0], zeros[1]));
        return head.Length >= 4 && many * 4 > head.Length && few * 20 < head.Length;
    }

    // Latin-1: one byte for each character, up to 0xff.
    private static byte[] Bytes(string text) => System.Text.Encoding.Latin1.GetBytes(text);
}
