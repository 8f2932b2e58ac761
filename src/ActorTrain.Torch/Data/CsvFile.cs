using ActorTrain.Torch.Data.Tables;

namespace ActorTrain.Torch.Data;

/// <summary>
/// Reads tables: comma-separated files with a header, of which every column but the target is a number.
/// </summary>
/// <remarks>
/// A file is UTF-8, or what its byte order mark says, and may be compressed with gzip. Its fields follow RFC 4180;
/// lines end in LF, CRLF or CR, blank lines are skipped, and white space around a field is not part of it. Numbers have
/// a decimal point. Any other file is refused, with the line where the record begins; no row is left out. The test file
/// has the columns of the training file, in any order. One file may be both; then the test accuracy is that of samples
/// that were trained on.
/// </remarks>
public static class CsvFile
{
    /// <summary>
    /// Reads a data set whose target column is a class: words or whole numbers, numbers first and by size, words in
    /// alphabetical order. They are its <see cref="ArrayDataset.ClassNames"/>.
    /// </summary>
    /// <remarks>
    /// <c>1</c>, <c>1.0</c> and <c>01</c> are one class. Refused are empty fields and missing values (<c>NA</c>,
    /// <c>NaN</c>, <c>null</c>, <c>?</c>), classes that differ only in case or white space, <c>true</c> beside
    /// <c>1</c>, numbers that are not whole, and, from 20 rows on, more classes than half of the rows.
    /// </remarks>
    /// <param name="train">The file to train on.</param>
    /// <param name="test">The file to test on, with the same columns and no other classes.</param>
    /// <param name="target">Name of the target's column.</param>
    /// <returns>Inputs are [columns − 1] f32, in the order of the training file's columns.</returns>
    /// <exception cref="ActorTrainException">A file cannot be used; the message says where and why.</exception>
    public static ArrayDataset ForClassification(string train, string test, string target)
    {
        var trainTable = Table.Read(train, target);
        var classes = new ClassVocabulary(trainTable);
        var testTable = trainTable.ReadTest(test);
        return ArrayDataset.ForClassification(
            Name(train),
            [trainTable.Columns.Count],
            classes.Names.Count,
            trainTable.ToSamples(classes.NumberOf),
            testTable.ToSamples(classes.NumberOf),
            classes.Names
        );
    }

    /// <summary>Reads a data set whose target column is a number.</summary>
    /// <param name="train">The file to train on.</param>
    /// <param name="test">The file to test on, with the same columns.</param>
    /// <param name="target">Name of the target's column.</param>
    /// <returns>Inputs are [columns − 1] f32, in the order of the training file's columns, targets [1] f32.</returns>
    /// <exception cref="ActorTrainException">A file cannot be used; the message says where and why.</exception>
    public static ArrayDataset ForRegression(string train, string test, string target)
    {
        var trainTable = Table.Read(train, target);
        var testTable = trainTable.ReadTest(test);
        return ArrayDataset.ForRegression(
            Name(train),
            [trainTable.Columns.Count],
            [1],
            trainTable.ToSamples(Number),
            testTable.ToSamples(Number)
        );

        float Number(string text, Place place) => Field.Number(text, target, place);
    }

    private static string Name(string file) =>
        Path.GetFileNameWithoutExtension(file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file);
}
