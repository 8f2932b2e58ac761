using System.Text;
using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Unusual but valid tables: each is read whole.</summary>
public sealed class AwkwardTablesSpecs : TableSpecsBase
{
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
}
