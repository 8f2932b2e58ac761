using System.Globalization;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>
/// The classes of a table: which spellings of its target are one class, which are refused, and the number of each
/// class.
/// </summary>
internal sealed class ClassVocabulary
{
    private const int FewRows = 20;

    private readonly Table _train;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Finds the classes of the table to train on.</summary>
    /// <exception cref="ActorTrainException">A value is not a class, or the column has too many or too few.</exception>
    public ClassVocabulary(Table train)
    {
        _train = train;
        var rows = FirstRows();
        CheckSpelling(rows);
        CheckNumbers(rows);
        CheckCount([.. rows.Keys]);
        Names =
        [
            .. rows.Keys.OrderBy(name => Number(name) ?? decimal.MaxValue).ThenBy(name => name, StringComparer.Ordinal),
        ];
        foreach (var (number, name) in Names.Index())
            _numbers.Add(name, number);
    }

    /// <summary>The classes' names, in the order of their numbers.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The number of a class.</summary>
    /// <exception cref="ActorTrainException">It is none of the classes.</exception>
    public float NumberOf(string text, Place place) =>
        _numbers.TryGetValue(text, out var number) || _numbers.TryGetValue(NameOf(text, place), out number)
            ? number
            : throw new ActorTrainException(
                $"{place}: {Target} is {Field.Display(text)}, a class that {_train.File} does not have"
                    + $"{Field.Suggest(text, Names)}; it has {Field.Display(Names)}."
            );

    private string Target => Field.Display(_train.Target);

    // 1, 1.0 and 01 are one class. A number that is not whole counts as a word: 1.10 and 1.1 may be versions.
    private string NameOf(string text, Place place)
    {
        if (Field.IsMissing(text))
        {
            var what = text.Length == 0 ? "empty" : $"{text}, a missing value";
            throw new ActorTrainException($"{place}: {Target} is {what}; every row must have a class.");
        }
        return Number(text) is { } number && decimal.IsInteger(number)
            ? number.ToString("0", CultureInfo.InvariantCulture)
            : text;
    }

    /// <summary>The first row of each class.</summary>
    private Dictionary<string, int> FirstRows()
    {
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var row = 0; row < _train.Targets.Count; row++)
            if (seen.Add(_train.Targets[row]))
                rows.TryAdd(NameOf(_train.Targets[row], _train.PlaceOf(row)), row);
        return rows;
    }

    private void CheckSpelling(Dictionary<string, int> rows)
    {
        var spellings = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        int? word = null,
            digit = null;
        foreach (var (name, row) in rows)
        {
            var seen = Field.Normalize(name);
            if (!spellings.TryAdd(seen, row))
                throw TwoSpellings(spellings[seen], row, "classes must differ in more than case and white space.");
            if (bool.TryParse(name, out _))
                word ??= row;
            if (name is "0" or "1")
                digit ??= row;
        }
        if (word is { } first && digit is { } second)
            throw TwoSpellings(first, second, "true and false must not be mixed with 1 and 0.");
    }

    private ActorTrainException TwoSpellings(int one, int other, string rule)
    {
        var (early, late) = (Math.Min(one, other), Math.Max(one, other));
        return new ActorTrainException(
            $"{_train.PlaceOf(late)}: {Target} is {Field.Display(_train.Targets[late])}, "
                + $"and in line {_train.Lines[early]} it is {Field.Display(_train.Targets[early])}; {rule}"
        );
    }

    private void CheckNumbers(Dictionary<string, int> rows)
    {
        if (!rows.Keys.All(name => Number(name) is not null))
            return;
        foreach (var (name, row) in rows)
            if (!decimal.IsInteger(Number(name)!.Value))
                throw new ActorTrainException(
                    $"{_train.PlaceOf(row)}: {Target} is {Field.Display(name)}; classes are words or whole numbers; "
                        + "a target that is a number is read by CsvFile.ForRegression."
                );
    }

    private void CheckCount(List<string> names)
    {
        if (names.Count == 1)
            throw new ActorTrainException(
                $"{_train.File}: {Target} is {Field.Display(names[0])} in every row; "
                    + "there must be 2 classes or more."
            );
        if (_train.Targets.Count < FewRows || names.Count <= _train.Targets.Count / 2)
            return;
        var advice = names.All(name => Number(name) is not null)
            ? "a target that is a number is read by CsvFile.ForRegression"
            : "a class must have several rows";
        throw new ActorTrainException(
            $"{_train.File}: {Target} has {names.Count} different values in {_train.Targets.Count} rows; {advice}."
        );
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
