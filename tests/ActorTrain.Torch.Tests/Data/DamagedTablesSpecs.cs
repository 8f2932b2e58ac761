using System.Text;
using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>
/// Damaged and missing tables, and files that are no tables: the error says where the file is wrong and what would
/// be right.
/// </summary>
public sealed class DamagedTablesSpecs : TableSpecsBase
{
    [Theory]
    [InlineData(
        "quote never closed",
        "x,kind\n1,a\n2,\"b\n3,c\n4,a\n",
        ", line 3: kind begins with a quote that is never closed."
    )]
    [InlineData(
        "quote closed by the next one",
        "x,kind\n1,a\n2,\"b\n3,c\n4,\"a\"\n",
        ", line 3: kind begins with a quote that is never closed."
    )]
    [InlineData(
        "quote closed by a stray one",
        "x,kind\n1,a\n2,\"b\n3,c\n4,a\"\n",
        ", line 3: kind is quoted up to line 5, with commas in it; a closing quote is missing."
    )]
    [InlineData(
        "quote never closed in the header",
        "x,\"kind\n1,a\n",
        ", line 1: column 2 begins with a quote that is never closed."
    )]
    [InlineData(
        "quote in the middle",
        "x,kind\n1,a\n2,5\" pipe\n",
        ", line 3: kind has a quote in it (5\" pipe); such a field must be in quotes, and its own quotes doubled."
    )]
    [InlineData(
        "text after a closing quote",
        "x,kind\n1,\"a\"b\n",
        ", line 2: kind goes on after its closing quote (\"a\"b); a quote within a field must be doubled."
    )]
    [InlineData(
        "line counted after a field of several lines",
        "x,kind\n1,\"a\nb\nc\"\n\n2,d\ny,d\n",
        ", line 7: x is y; it must be a number."
    )]
    [InlineData(
        "record of several lines named by its first",
        "x,kind\n1,a\n\"y\n\",\"a\nb\"\n",
        ", line 3: x is y; it must be a number."
    )]
    [InlineData("CR line ends counted", "x,kind\r1,a\r\ry,b\r", ", line 4: x is y; it must be a number.")]
    [InlineData(
        "CRLF line ends counted",
        "x,kind\r\n1,\"a\r\nb\"\r\ny,b\r\n",
        ", line 4: x is y; it must be a number."
    )]
    [InlineData("too few fields", "x,y,kind\n1,2,a\n1,2\n", ", line 3: it has 2 fields; the header has 3.")]
    [InlineData(
        "too many fields, from decimal commas",
        "x,kind\n1,5,a\n",
        ", line 2: it has 3 fields; the header has 2."
    )]
    [InlineData("row of commas", "x,kind\n1,a\n,\n", ", line 3: x is empty; it must be a number.")]
    [InlineData(
        "NUL in a class",
        "x,kind\n1,a\n2,b\0\n",
        ", line 3: kind has a NUL byte in it; the file is damaged, or was not written to its end."
    )]
    [InlineData(
        "NUL in a number",
        "x,kind\n1\0,a\n2,b\n",
        ", line 2: x has a NUL byte in it; the file is damaged, or was not written to its end."
    )]
    [InlineData(
        "header in the middle, of two files joined",
        "x,kind\n1,a\nx,kind\n2,b\n",
        ", line 3: x is x; it must be a number."
    )]
    [InlineData("header alone", "x,kind\n", ": it has a header and no rows.")]
    [InlineData("nothing", "", ": it is empty; its first line must name the columns.")]
    [InlineData("blank lines alone", "\n \n\n", ": it is empty; its first line must name the columns.")]
    public void A_damaged_record_is_refused_with_the_line_where_it_begins(string kind, string text, string sentence) =>
        Refusal(text).ShouldBe(sentence, kind);

    public static TheoryData<string, byte[], string> Contents =>
        new()
        {
            { "a zip archive", [.. "PK\x03\x04"u8, .. new byte[40], .. "a.csv"u8], "a zip archive" },
            {
                "an Excel workbook",
                [.. "PK\x03\x04"u8, .. new byte[26], .. "[Content_Types].xml"u8],
                "an Excel workbook"
            },
            { "an old Excel workbook", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "an old Excel workbook" },
            { "Parquet", [.. "PAR1"u8, 0x15, 4, 0x15, 8], "a Parquet file" },
            { "NumPy", [0x93, .. "NUMPY"u8, 1, 0], "a NumPy array" },
            { "bzip2", [.. "BZh91AY"u8], "a bzip2 file" },
            { "zstd", [0x28, 0xb5, 0x2f, 0xfd, 4, 0], "a zstd file" },
            { "PNG", [0x89, .. "PNG\r\n"u8, 0x1a, 10], "a PNG image" },
            { "gzip in gzip", Gzip(Gzip("x,kind\n1,a\n"u8)), "a gzip file in a gzip file" },
            { "tar in gzip", Gzip([.. "a.csv"u8, .. new byte[252], .. "ustar"u8, .. new byte[250]]), "a tar archive" },
            { "UTF-16 without a mark", Encoding.Unicode.GetBytes(Flowers), "UTF-16 text without a byte order mark" },
            { "bytes of any kind", [.. Enumerable.Range(0, 2000).Select(i => (byte)(i * 7919 % 251))], "binary" },
        };

    [Theory, MemberData(nameof(Contents))]
    public void The_kind_of_a_file_that_is_not_text_is_named(string kind, byte[] content, string what) =>
        Refusal(content)
            .ShouldBe(
                $": it is {what}; a table must be comma-separated text, in UTF-8 or with a byte order mark.",
                kind
            );

    [Fact]
    public void Latin_1_is_refused_and_does_not_merge_two_classes_into_one() =>
        Refusal(Encoding.Latin1.GetBytes("x,kind\n1,caf\u00e9\n2,caf\u00e8\n"))
            .ShouldBe(
                ", line 2: kind is caf\ufffd, which is not UTF-8 "
                    + "(Latin-1 or Windows-1252, perhaps); save the file as UTF-8."
            );

    [Theory]
    [InlineData(1), InlineData(6), InlineData(12), InlineData(200)]
    public void A_truncated_gzip_file_is_refused(int missing) =>
        Refusal(Gzip(Encoding.UTF8.GetBytes(Rows(2000)))[..^missing])
            .ShouldStartWith(": it is not a whole gzip file (");

    [Fact]
    public void A_gzip_file_with_a_byte_changed_is_refused()
    {
        var content = Gzip(Encoding.UTF8.GetBytes(Rows(2000)));
        content[^6] ^= 1;

        Refusal(content).ShouldStartWith(": it is not a whole gzip file (");
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        Of(_folder["no.csv"]).ShouldBe($"{_folder["no.csv"]}: it does not exist.");
        Of(_folder["no/no.csv"]).ShouldBe($"{_folder["no/no.csv"]}: it does not exist.");
        Of(_folder.Path).ShouldBe($"{_folder.Path}: it is a folder; a table is a file.");

        static string Of(string file) => Sentence(() => CsvFile.ForClassification(file, file, "kind"));
    }

    [Fact]
    public void A_file_without_read_permission_is_named()
    {
        var (file, reason) = (Write("secret.csv", "x,kind\n1,a\n2,b\n"), "Access to the path");
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(file, UnixFileMode.None);
        // A process that may read every file is still refused the beginning of its own memory.
        if (Environment.IsPrivilegedProcess)
            (file, reason) = ("/proc/self/mem", "Input/output error");

        Sentence(() => CsvFile.ForClassification(file, file, "kind"))
            .ShouldStartWith($"{file}: it cannot be read ({reason}");
    }
}
