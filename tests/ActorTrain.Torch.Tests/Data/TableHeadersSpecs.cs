using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>
/// A table whose first line names no columns is refused, and so is a test file whose columns or classes differ from
/// those of the training file.
/// </summary>
public sealed class TableHeadersSpecs : TableSpecsBase
{
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
    public void Columns_of_the_test_file_may_be_in_another_order()
    {
        var (train, test) = (Write("train.csv", "x,y,kind\n1,2,a\n3,4,b\n"), Write("test.csv", "kind,y,x\nb,20,10\n"));

        Test(CsvFile.ForClassification(train, test, "kind"))
            .ShouldBe([
                [10, 20, 1],
            ]);
    }
}
