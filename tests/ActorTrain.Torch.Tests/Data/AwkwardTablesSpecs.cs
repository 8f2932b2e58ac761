using System.IO.Compression;
using System.Text;
using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>
/// Unusual tables: each is read correctly, or refused with a sentence that says where it is wrong and what would be
/// right.
/// </summary>
public sealed class AwkwardTablesSpecs : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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

    [Theory]
    [InlineData(
        "semicolons",
        "x;y;kind\n1,5;2,5;a\n",
        ", line 1: its columns are separated by semicolons; they must be separated by commas."
    )]
    [InlineData(
        "semicolons and quotes",
        "\"x\";\"kind\"\n\"1,5\";\"a\"\n",
        ", line 1: its columns are separated by semicolons; they must be separated by commas."
    )]
    [InlineData(
        "spaces, no header",
        "5.1 3.5  1\n4.9 3.0  1\n",
        ", line 1: its columns are separated by spaces; they must be separated by commas."
    )]
    [InlineData(
        "tabs",
        "x\tkind\n1\ta\n",
        ", line 1: its columns are separated by tabs; they must be separated by commas."
    )]
    [InlineData(
        "vertical bars",
        "x|kind\n1|a\n",
        ", line 1: its columns are separated by vertical bars; they must be separated by commas."
    )]
    [InlineData(
        "spaces",
        "x y kind\n1 2 a\n",
        ", line 1: its columns are separated by spaces; they must be separated by commas."
    )]
    [InlineData(
        "semicolons, a comma in a name",
        "\"x\";\"cm, or in\";\"kind\"\n1;2;a\n",
        ", line 1: its columns are separated by semicolons; they must be separated by commas."
    )]
    [InlineData(
        "Excel's own first line",
        "sep=;\nx;kind\n",
        ", line 1: its columns are separated by what its first line says, which names no columns; they must be "
            + "separated by commas."
    )]
    [InlineData(
        "no header, numbers",
        "5.1,3.5,1\n4.9,3.0,1\n",
        ", line 1: it has values (5.1, 3.5, 1); the first line must name the columns."
    )]
    [InlineData(
        "no header, a class",
        "5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n",
        ", line 1: it has values (5.1, 3.5, 1.4, …); the first line must name the columns."
    )]
    [InlineData("no such column", "x,colour\n1,a\n", ": it has no column kind; its columns are x, colour.")]
    [InlineData("near name", "x,knid\n1,a\n", ": it has no column kind (did you mean knid?); its columns are x, knid.")]
    [InlineData(
        "name in another case",
        "x,Kind\n1,a\n",
        ": it has no column kind (did you mean Kind?); its columns are x, Kind."
    )]
    [InlineData("two columns of one name", "x,y,x,kind\n1,2,3,a\n", ", line 1: columns 1 and 3 are both named x.")]
    [InlineData("two targets", "kind,x,kind\na,2,b\n", ", line 1: columns 1 and 3 are both named kind.")]
    [InlineData(
        "row numbers, as pandas writes them",
        ",x,kind\n0,1,a\n",
        ", line 1: column 1 has no name; every column must have one, and one of row numbers must be left out."
    )]
    [InlineData("a comma at the end", "x,kind,\n1,a,\n", ", line 1: column 3 has no name; every column must have one.")]
    [InlineData(
        "the target alone",
        "kind\na\nb\n",
        ": kind is its only column; there must be one or more to learn it from."
    )]
    [InlineData("JSON", "[{\"x\": 1, \"kind\": \"a\"}]", ": it is JSON; a table must be comma-separated text.")]
    [InlineData(
        "a page",
        "<!DOCTYPE html>\n<html>Sign in</html>",
        ": it is a page of HTML or XML; a table must be comma-separated text."
    )]
    [InlineData(
        "Git LFS",
        "version https://git-lfs.github.com/spec/v1\nsize 12\n",
        ": it is a Git LFS pointer, in place of a file that git lfs pull fetches; a table must be comma-separated text."
    )]
    public void A_first_line_that_names_no_columns_is_refused(string kind, string text, string sentence) =>
        Refusal(text).ShouldBe(sentence, kind);

    [Theory]
    [InlineData("empty", "x,kind\n1,a\n2,\n", ", line 3: kind is empty; every row must have a class.")]
    [InlineData("NA", "x,kind\n1,a\n2,NA\n", ", line 3: kind is NA, a missing value; every row must have a class.")]
    [InlineData(
        "nan",
        "x,kind\n1,1.0\n2,nan\n",
        ", line 3: kind is nan, a missing value; every row must have a class."
    )]
    [InlineData(
        "two cases",
        "x,kind\n1,rose\n2,tulip\n3,Rose\n",
        ", line 4: kind is Rose, and in line 2 it is rose; classes must differ in more than case and white space."
    )]
    [InlineData(
        "two spaces",
        "x,kind\n1,red rose\n2,tulip\n3,red\u00a0rose\n",
        ", line 4: kind is red rose, and in line 2 it is red rose; classes must differ in more than case and white "
            + "space."
    )]
    [InlineData(
        "a letter that cannot be seen",
        "x,kind\n1,rose\n2,ro\u200bse\n",
        ", line 3: kind is ro\\u200bse, and in line 2 it is rose; classes must differ in more than case and white "
            + "space."
    )]
    [InlineData(
        "true and 1",
        "x,kind\n1,true\n2,false\n3,1\n",
        ", line 4: kind is 1, and in line 2 it is true; true and false must not be mixed with 1 and 0."
    )]
    [InlineData(
        "0 and False",
        "x,kind\n1,0\n2,False\n",
        ", line 3: kind is False, and in line 2 it is 0; true and false must not be mixed with 1 and 0."
    )]
    [InlineData(
        "one class",
        "x,kind\n1,rose\n2,rose\n",
        ": kind is rose in every row; there must be 2 classes or more."
    )]
    [InlineData(
        "one class in two spellings",
        "x,kind\n1,1\n2,1.0\n",
        ": kind is 1 in every row; there must be 2 classes or more."
    )]
    [InlineData(
        "decimals",
        "x,kind\n1,1\n2,1.25\n",
        ", line 3: kind is 1.25; classes are words or whole numbers; a target that is a number is read by "
            + "CsvFile.ForRegression."
    )]
    public void An_invalid_class_is_refused(string kind, string text, string sentence) =>
        Refusal(text).ShouldBe(sentence, kind);

    [Theory]
    [InlineData(0.014, ", line 3: kind is 0.014; classes are words or whole numbers;")]
    [InlineData(3, ": kind has 500 different values in 500 rows;")]
    public void A_column_of_five_hundred_numbers_is_refused_as_classes(double step, string sentence)
    {
        var refusal = Refusal(Table(500, row => FormattableString.Invariant($"{row * step}")));

        refusal.ShouldStartWith(sentence);
        refusal.ShouldEndWith(" a target that is a number is read by CsvFile.ForRegression.");
    }

    [Fact]
    public void A_column_of_unique_names_is_refused_as_classes() =>
        Refusal(Table(40, row => $"row {row}"))
            .ShouldBe(": kind has 40 different values in 40 rows; a class must have several rows.");

    [Theory]
    [InlineData(19, 19), InlineData(20, 10)]
    public void Few_rows_may_have_one_class_each_and_many_rows_one_class_for_every_two(int rows, int classes) =>
        Classes(Table(rows, row => $"{row % classes}")).Classes.ShouldBe(classes);

    [Theory]
    [InlineData("", "is empty; it must be a number.")]
    [InlineData("NA", "is NA, a missing value; it must be a number.")]
    [InlineData("NaN", "is NaN, a missing value; it must be a number.")]
    [InlineData("?", "is ?, a missing value; it must be a number.")]
    [InlineData("inf", "is inf; it must be a finite number.")]
    [InlineData("-Infinity", "is -Infinity; it must be a finite number.")]
    [InlineData("1e39", "is 1e39, which is beyond a 32-bit float; it must be a number from -3.4e38 to 3.4e38.")]
    [InlineData(
        "\"1,5\"",
        "is 1,5; it must be a number with a decimal point and without thousands separators, such as 1234.5."
    )]
    [InlineData(
        "\"1,234.5\"",
        "is 1,234.5; it must be a number with a decimal point and without thousands separators, such as 1234.5."
    )]
    [InlineData(
        "1 234",
        "is 1 234; it must be a number with a decimal point and without thousands separators, such as 1234.5."
    )]
    [InlineData(
        "1.234.567",
        "is 1.234.567; it must be a number with a decimal point and without thousands separators, such as 1234.5."
    )]
    [InlineData("True", "is True; it must be a number, such as 1 or 0.")]
    [InlineData("2024-01-05", "is 2024-01-05; it must be a number.")]
    [InlineData("12 cm", "is 12 cm; it must be a number.")]
    [InlineData("0x10", "is 0x10; it must be a number.")]
    public void An_invalid_number_is_refused_as_feature_and_as_target(string text, string what)
    {
        Refusal($"x,kind\n1,a\n{text},b\n").ShouldBe($", line 3: x {what}");
        var train = Write("numbers.csv", $"x,size\n1,2\n2,{text}\n");
        Sentence(() => CsvFile.ForRegression(train, train, "size")).ShouldBe($"{train}, line 3: size {what}");
    }

    [Fact]
    public void A_long_or_invisible_value_is_shown_shortened_and_in_visible_characters()
    {
        Refusal($"x,kind\n{new string('y', 100_000)},a\n")
            .ShouldBe($", line 2: x is {new string('y', 60)}…; it must be a number.");
        Refusal("x,kind\n1\u200d2,a\n").ShouldBe(", line 2: x is 1\\u200d2; it must be a number.");
    }

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

    public static TheoryData<string, byte[]> Encodings =>
        new()
        {
            { "UTF-8", Encoding.UTF8.GetBytes(Flowers) },
            { "UTF-8 with a mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Flowers)] },
            { "UTF-16, little endian", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Flowers)] },
            { "UTF-16, big endian", [0xfe, 0xff, .. Encoding.BigEndianUnicode.GetBytes(Flowers)] },
            { "UTF-32", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(Flowers)] },
            { "CRLF", Encoding.UTF8.GetBytes(Flowers.ReplaceLineEndings("\r\n")) },
            { "CR", Encoding.UTF8.GetBytes(Flowers.ReplaceLineEndings("\r")) },
            { "no line end at the end", Encoding.UTF8.GetBytes(Flowers.TrimEnd()) },
            { "blank lines", Encoding.UTF8.GetBytes("\n" + Flowers.ReplaceLineEndings("\n  \n") + "\n\n") },
            { "spaces", Encoding.UTF8.GetBytes(Flowers.Replace(",", " ,\t", StringComparison.Ordinal)) },
            { "quotes", Encoding.UTF8.GetBytes("\"x\",\"kind\"\n\"1\",\" ros\u00e9 \"\n \"2\" ,\"tulpe\"\n") },
            { "gzip", Gzip(Encoding.UTF8.GetBytes(Flowers)) },
            { "gzip with a mark", Gzip([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Flowers)]) },
            { "two gzip files joined", [.. Gzip("x,kind\n1,r"u8), .. Gzip("os\u00e9\n2,tulpe\n"u8)] },
        };

    private const string Flowers = "x,kind\n1,ros\u00e9\n2,tulpe\n";

    [Theory, MemberData(nameof(Encodings))]
    public void A_table_reads_the_same_in_every_encoding(string kind, byte[] content)
    {
        var dataset = Classes(content);

        dataset.ClassNames.ShouldBe(["ros\u00e9", "tulpe"], kind);
        Train(dataset)
            .ShouldBe(
                [
                    [1, 0],
                    [2, 1],
                ],
                kind
            );
    }

    [Fact]
    public void Whole_numbers_of_one_value_are_one_class_and_are_sorted_by_value()
    {
        var dataset = Classes("x,kind\n1,10\n2,2.0\n3,02\n4,2\n5,-0\n6,0\n7,1e1\n");

        dataset.ClassNames.ShouldBe(["0", "2", "10"]);
        Train(dataset).Select(sample => sample[1]).ShouldBe([2, 1, 1, 1, 0, 0, 2]);
    }

    [Fact]
    public void Words_are_classes_by_their_exact_spelling()
    {
        Classes("x,kind\n1,1.10\n2,1.1\n3,None\n4,Na\n5,\"a, \"\"b\"\"\"\n6,\"two\nlines\"\n")
            .ClassNames.ShouldBe(["1.1", "1.10", "Na", "None", "a, \"b\"", "two\nlines"]);
        Classes("x,kind\n1,true\n2,false\n").ClassNames.ShouldBe(["false", "true"]);
    }

    [Fact]
    public void Numbers_are_read_exactly_and_columns_of_an_array_may_be_named_by_numbers()
    {
        var file = Write("array.csv", "0,1,2\n-1.5e-3,+2,.5\n 1. ,\"7\",3.4028235e38\n");

        Train(CsvFile.ForRegression(file, file, "2"))
            .ShouldBe([
                [-1.5e-3f, 2, 0.5f],
                [1, 7, float.MaxValue],
            ]);
    }

    [Fact]
    public void Columns_of_the_test_file_may_be_in_another_order()
    {
        var (train, test) = (Write("train.csv", "x,y,kind\n1,2,a\n3,4,b\n"), Write("test.csv", "kind,y,x\nb,20,10\n"));

        Test(CsvFile.ForClassification(train, test, "kind"))
            .ShouldBe([
                [10, 20, 1],
            ]);
    }

    [Theory]
    [InlineData("x,kind\n1,a\n", ": it has no column width, which TRAIN has; its columns are x, kind.")]
    [InlineData(
        "x,widht,kind\n1,2,a\n",
        ": it has no column width (did you mean widht?), which TRAIN has; its columns are x, widht, kind."
    )]
    [InlineData(
        "x,width,kind,id\n1,2,a,7\n",
        ": it has the column id, which TRAIN does not have; both must have the same columns."
    )]
    [InlineData("x,width\n1,2\n", ": it has no column kind; its columns are x, width.")]
    [InlineData("x,width,kind\n", ": it has a header and no rows.")]
    [InlineData(
        "x,width,kind\n1,2,a\n1,2,tulip\n",
        ", line 3: kind is tulip, a class that TRAIN does not have; it has a, rose."
    )]
    [InlineData(
        "x,width,kind\n1,2,Rose\n",
        ", line 2: kind is Rose, a class that TRAIN does not have (did you mean rose?); it has a, rose."
    )]
    [InlineData("x,width,kind\n1,2,NA\n", ", line 2: kind is NA, a missing value; every row must have a class.")]
    public void A_test_file_that_does_not_fit_the_training_file_is_refused(string text, string sentence)
    {
        var (train, test) = (Write("train.csv", "x,width,kind\n1,2,a\n3,4,rose\n"), Write("test.csv", text));

        Sentence(() => CsvFile.ForClassification(train, test, "kind"))
            .ShouldBe(test + sentence.Replace("TRAIN", train, StringComparison.Ordinal));
    }

    [Fact]
    public void One_file_may_be_both_training_and_test_file()
    {
        var dataset = Classes("x,kind\n1,a\n2,b\n");

        (dataset.Description.TrainSamples, dataset.Description.TestSamples).ShouldBe((2, 2));
        Test(dataset).ShouldBe(Train(dataset));
    }

    [Fact]
    public void A_data_set_is_named_after_its_file_even_if_compressed()
    {
        var file = _folder["iris.csv.gz"];
        File.WriteAllBytes(file, Gzip("x,kind\n1,a\n2,b\n"u8));

        CsvFile.ForClassification(file, file, "kind").Description.Name.ShouldBe("iris");
    }

    [Fact]
    public void Two_hundred_thousand_rows_are_read_whole()
    {
        var dataset = Classes(Rows(200_000));

        dataset.Description.TrainSamples.ShouldBe(200_000);
        Train(dataset, 199_999).ShouldBe([199_999, 199_999 % 3]);
    }

    [Fact]
    public void A_row_of_fifty_thousand_columns_is_read_whole()
    {
        var names = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"x{i}"));
        var numbers = string.Join(',', Enumerable.Range(0, 50_000));

        Train(Classes($"{names},kind\n{numbers},a\n{numbers},b\n"), 1)[^2..].ShouldBe([49_999, 1]);
    }

    /// <summary>The error for a table of classes, after the file's name.</summary>
    private string Refusal(string text) => Refusal(Encoding.UTF8.GetBytes(text));

    private string Refusal(byte[] content)
    {
        var file = Write("table.csv", content);
        var sentence = Sentence(() => CsvFile.ForClassification(file, file, "kind"));
        sentence.ShouldStartWith(file);
        return sentence[file.Length..];
    }

    private static string Sentence(Func<ArrayDataset> read) => Should.Throw<ActorTrainException>(read).Message;

    private ArrayDataset Classes(string text) => Classes(Encoding.UTF8.GetBytes(text));

    private ArrayDataset Classes(byte[] content)
    {
        var file = Write("table.csv", content);
        return CsvFile.ForClassification(file, file, "kind");
    }

    private string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_folder[name], content);
        return _folder[name];
    }

    private static string Rows(int count) => Table(count, row => $"kind {row % 3}");

    private static string Table(int rows, Func<int, string> kind) =>
        "x,kind\n" + string.Concat(Enumerable.Range(0, rows).Select(row => $"{row},{kind(row)}\n"));

    private static List<float[]> Train(ArrayDataset dataset) =>
        [.. Enumerable.Range(0, dataset.Description.TrainSamples).Select(i => Train(dataset, i))];

    private static float[] Train(ArrayDataset dataset, int index)
    {
        var (input, target) = (new float[dataset.InputShape[0]], new float[1]);
        dataset.ReadTrain(index, input, target);
        return [.. input, .. target];
    }

    private static List<float[]> Test(ArrayDataset dataset)
    {
        var samples = new List<float[]>();
        for (var i = 0; i < dataset.Description.TestSamples; i++)
        {
            var (input, target) = (new float[dataset.InputShape[0]], new float[1]);
            dataset.ReadTest(i, input, target);
            samples.Add([.. input, .. target]);
        }
        return samples;
    }

    private static byte[] Gzip(ReadOnlySpan<byte> content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(content);
        return compressed.ToArray();
    }
}
