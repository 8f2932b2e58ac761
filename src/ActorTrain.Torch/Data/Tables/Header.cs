using System.Globalization;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>The first record of a table, which names its columns.</summary>
internal static class Header
{
    private static readonly (char Delimiter, string Name)[] Delimiters =
    [
        (';', "semicolons"),
        ('\t', "tabs"),
        ('|', "vertical bars"),
        (' ', "spaces"),
    ];

    // Text that is not a table, by how it begins.
    private static readonly (string Start, string Name)[] OtherFormats =
    [
        ("version https://git-lfs", "a Git LFS pointer, in place of a file that git lfs pull fetches"),
        ("<", "a page of HTML or XML"),
        ("{", "JSON"),
        ("[", "JSON"),
        ("@relation", "an ARFF file"),
    ];

    // pandas writes its index as a column without a name by default.
    private const string RowNumbers = ", and one of row numbers must be left out";

    /// <summary>Reads the names of the columns, which must include the target.</summary>
    /// <exception cref="ActorTrainException">They are not the header of a table with such a target.</exception>
    public static IReadOnlyList<string> Read(RecordReader records, string file, string target)
    {
        if (!records.Read())
            throw new ActorTrainException($"{file}: it is empty; its first line must name the columns.");
        var names = Names(records, file, target);
        var nameless = names.IndexOf("");
        if (nameless >= 0)
            throw new ActorTrainException(
                $"{records.Place}: column {nameless + 1} has no name; "
                    + $"every column must have one{(nameless == 0 ? RowNumbers : "")}."
            );
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1)?.Key is { } twice)
            throw new ActorTrainException(
                $"{records.Place}: columns {names.IndexOf(twice) + 1} and {names.LastIndexOf(twice) + 1} "
                    + $"are both named {Field.Display(twice)}."
            );
        if (names.Count == 1)
            throw new ActorTrainException(
                $"{file}: {Field.Display(target)} is its only column; there must be one or more to learn it from."
            );
        return AreValues(names) ? throw new ActorTrainException(DescribeValues(names, records)) : names;
    }

    private static List<string> Names(RecordReader records, string file, string target)
    {
        List<string> names;
        try
        {
            names = [.. Enumerable.Range(0, records.Count).Select(i => records.Field(i, columns: null))];
        }
        // Text that is not a table, or has another delimiter, may have misplaced quotes.
        catch (ActorTrainException) when (DescribeOtherFormat(records, file, target) is { } sentence)
        {
            throw new ActorTrainException(sentence);
        }
        if (names.Contains(target))
            return names;
        throw new ActorTrainException(
            DescribeOtherFormat(records, file, target)
                ?? (
                    names.Count(IsNumber) * 2 >= names.Count
                        ? DescribeValues(names, records)
                        : $"{file}: it has no column {Field.Display(target)}{Field.Suggest(target, names)}; "
                            + $"its columns are {Field.Display(names)}."
                )
        );
    }

    private static string? DescribeOtherFormat(RecordReader records, string file, string target)
    {
        var line = records.Text.TrimStart().Split('\n', '\r')[0];
        foreach (var (start, kind) in OtherFormats)
            if (line.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return $"{file}: it is {kind}; a table must be comma-separated text.";
        return DelimiterOf(line, records.Count, target) is { } delimiter
            ? $"{records.Place}: its columns are separated by {delimiter}; they must be separated by commas."
            : null;
    }

    private static string DescribeValues(List<string> names, RecordReader records) =>
        $"{records.Place}: it has values ({Field.Display(names.Take(3).ToList())}{(names.Count > 3 ? ", …" : "")}); "
        + "the first line must name the columns.";

    private static string? DelimiterOf(string line, int columns, string target)
    {
        if (line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
            return "what its first line says, which names no columns";
        foreach (var (delimiter, name) in Delimiters)
        {
            var parts = line.Split(delimiter, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(part => part.Trim('"').Trim())
                .ToList();
            // Many names contain spaces, so for spaces only the target or numbers decide.
            var sure = columns == 1 && (delimiter != ' ' || parts.All(IsNumber));
            if (parts.Count > columns && (sure || parts.Contains(target)))
                return name;
        }
        return null;
    }

    // The columns of an array may be named by consecutive numbers; other numbers are a row of values.
    private static bool AreValues(List<string> names) =>
        names.All(IsNumber)
        && !(
            int.TryParse(names[0], CultureInfo.InvariantCulture, out var first)
            && names.Index().All(name => name.Item == (first + name.Index).ToString(CultureInfo.InvariantCulture))
        );

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
