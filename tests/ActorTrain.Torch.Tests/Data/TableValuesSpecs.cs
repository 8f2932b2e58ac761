using ActorTrain.Torch.Data;

namespace ActorTrain.Torch.Tests.Data;

/// <summary>Unusual classes and numbers in a table: each is read exactly, or refused with its line.</summary>
public sealed class TableValuesSpecs : TableSpecsBase
{
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
}
