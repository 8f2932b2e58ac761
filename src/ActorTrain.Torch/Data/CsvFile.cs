using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace ActorTrain.Torch.Data;

/// <summary>Reads tables: comma-separated files with a header, of which every column but the target is a number.</summary>
public static class CsvFile
{
    /// <summary>A data set whose target column is a class: any words, each a class, in the order of their letters (numbers in order of size).</summary>
    /// <param name="train">The file to train on.</param>
    /// <param name="test">The file to test on, with the same columns.</param>
    /// <param name="target">Name of the target's column.</param>
    /// <returns>Inputs are [columns − 1] f32, in the order of the columns.</returns>
    /// <exception cref="ActorTrainException">A file cannot be read or a field is no number; the message names file, line and column.</exception>
    public static ArrayDataset OfClasses(string train, string test, string target)
    {
        var (trainTable, testTable) = (Table.Read(train, target), Table.Read(test, target));
        testTable.CheckColumns(trainTable);
        var names = trainTable.Targets.Distinct().OrderBy(name => double.TryParse(name, CultureInfo.InvariantCulture, out var number) ? number : double.MaxValue)
            .ThenBy(name => name, StringComparer.Ordinal).ToList();
        var classes = names.Index().ToDictionary(pair => pair.Item, pair => (float)pair.Index);
        return ArrayDataset.OfClasses(Name(train), [trainTable.Columns.Count], names.Count, trainTable.With(ClassOf), testTable.With(ClassOf));

        float ClassOf(string text, string place) => classes.TryGetValue(text, out var number) ? number
            : throw new ActorTrainException($"{place}: {target} is {Shown(text)}, a class that {train} does not have; it has {string.Join(", ", names.Take(20))}.");
    }

    /// <summary>A data set whose target column is a number.</summary>
    /// <param name="train">The file to train on.</param>
    /// <param name="test">The file to test on, with the same columns.</param>
    /// <param name="target">Name of the target's column.</param>
    /// <returns>Inputs are [columns − 1] f32, targets [1] f32.</returns>
    /// <exception cref="ActorTrainException">A file cannot be read or a field is no number; the message names file, line and column.</exception>
    public static ArrayDataset OfNumbers(string train, string test, string target)
    {
        var (trainTable, testTable) = (Table.Read(train, target), Table.Read(test, target));
        testTable.CheckColumns(trainTable);
        return ArrayDataset.OfNumbers(Name(train), [trainTable.Columns.Count], [1], trainTable.With(Number), testTable.With(Number));

        float Number(string text, string place) => NumberAt(text, target, place);
    }

    private static string Name(string file) => Path.GetFileNameWithoutExtension(file);

    private static string Shown(string text) => text.Length == 0 ? "empty" : text.ReplaceLineEndings(" ");

    private static float NumberAt(string text, string column, string place) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number
            : throw new ActorTrainException($"{place}: {column} is {Shown(text)}; it must be a number.");

    private sealed record Table(string File, IReadOnlyList<string> Columns, float[] Inputs, IReadOnlyList<string> Targets, IReadOnlyList<int> Lines)
    {
        public static Table Read(string file, string target)
        {
            try
            {
                using var text = new StreamReader(file);
                using var csv = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, BadDataFound = null });
                return Read(file, csv, target);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ActorTrainException($"{file}: it cannot be read ({e.Message.TrimEnd('.')}).", e);
            }
        }

        public Samples With(Func<string, string, float> target) =>
            new(Inputs, Targets.Select((text, row) => target(text, $"{File}, line {Lines[row]}")).ToArray());

        public void CheckColumns(Table other)
        {
            if (!Columns.SequenceEqual(other.Columns))
                throw new ActorTrainException($"{File}: its columns are {string.Join(", ", Columns)}; those of {other.File} are {string.Join(", ", other.Columns)}.");
        }

        private static Table Read(string file, CsvParser csv, string target)
        {
            if (!csv.Read()) throw new ActorTrainException($"{file}: it is empty; its first line must name the columns.");
            var header = csv.Record!;
            var at = Array.IndexOf(header, target);
            if (at < 0) throw new ActorTrainException($"{file}: it has no column {target}; its columns are {string.Join(", ", header)}.");
            var (inputs, targets, lines) = (new List<float>(), new List<string>(), new List<int>());
            while (csv.Read())
            {
                var (fields, place) = (csv.Record!, $"{file}, line {csv.RawRow}");
                if (fields.Length != header.Length) throw new ActorTrainException($"{place}: it has {fields.Length} fields; the header has {header.Length}.");
                for (var i = 0; i < fields.Length; i++)
                    if (i != at) inputs.Add(NumberAt(fields[i], header[i], place));
                targets.Add(fields[at]);
                lines.Add(csv.RawRow);
            }
            return new Table(file, [.. header.Where((_, i) => i != at)], [.. inputs], targets, lines);
        }
    }
}
