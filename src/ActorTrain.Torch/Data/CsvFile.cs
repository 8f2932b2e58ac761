using ActorTrain.Torch.Data.Tables;

namespace ActorTrain.Torch.Data;

/// <summary>
/// Reads tables: comma-separated files with a header, of which every column but the target is a number.
/// </summary>
/// <remarks>
/// A file is UTF-8, or what its byte order mark says, and may be compressed with gzip. Its fields are as RFC 4180 has
/// them; lines end in LF, CRLF or CR, blank lines are no rows, and white space around a field is not part of it.
/// Numbers have a decimal point. A file that is not so is refused, with the line where the record begins; nothing of it
/// is left out. The test file has the columns of the training file, in whatever order. One file may be both; then the
/// test accuracy is that of samples that were trained on.
/// </remarks>
public static class CsvFile
{
    /// <summary>
    /// A data set whose target column is a class: words or whole numbers, in the order of their letters, numbers first
    /// and by size. They are its <see cref="ArrayDataset.ClassNames"/>.
    /// </summary>
    /// <remarks>
    /// <c>1</c>, <c>1.0</c> and <c>01</c> are one class. An empty field is none, nor is what stands for a missing
    /// value: <c>NA</c>, <c>NaN</c>, <c>null</c>, <c>?</c>. Refused are classes that differ only in case or white
    /// space, <c>true</c> beside <c>1</c>, numbers that are not whole, and, from 20 rows on, more classes than half of
    /// them.
    /// </remarks>
    /// <param name="train">The file to train on.</param>
    /// <param name="test">The file to test on, with the same columns and no other classes.</param>
    /// <param name="target">Name of the target's column.</param>
    /// <returns>Inputs are [columns − 1] f32, in the order of the training file's columns.</returns>
    /// <exception cref="ActorTrainException">A file cannot be used; the message says where and why.</exception>
    public static ArrayDataset OfClasses(string train, string test, string target)
    {
        var trainTable = Table.Read(train, target);
        var classes = new ClassVocabulary(trainTable);
        var testTable = trainTable.ReadAlike(test);
        return ArrayDataset.OfClasses(
            Name(train),
            [trainTable.Columns.Count],
            classes.Names.Count,
            trainTable.With(classes.NumberOf),
            testTable.With(classes.NumberOf),
            classes.Names
        );
    }

    /// <summary>A data set whose target column is a number.</summary>
    /// <param name="train">The file to train on.</param>
    /// <param name="test">The file to test on, with the same columns.</param>
    /// <param name="target">Name of the target's column.</param>
    /// <returns>Inputs are [columns − 1] f32, in the order of the training file's columns, targets [1] f32.</returns>
    /// <exception cref="ActorTrainException">A file cannot be used; the message says where and why.</exception>
    public static ArrayDataset OfNumbers(string train, string test, string target)
    {
        var trainTable = Table.Read(train, target);
        var testTable = trainTable.ReadAlike(test);
        return ArrayDataset.OfNumbers(
            Name(train),
            [trainTable.Columns.Count],
            [1],
            trainTable.With(Number),
            testTable.With(Number)
        );

        float Number(string text, Place place) => Field.Number(text, target, place);
    }

    private static string Name(string file) =>
        Path.GetFileNameWithoutExtension(file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file);
}
