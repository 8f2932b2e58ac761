using System.Globalization;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>The classes of a table: which spellings of its target are one class, which are none, and the number of each class.</summary>
internal sealed class ClassVocabulary
{
    private const int FewRows = 20;

    private readonly Table _train;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Learns the classes from the table to train on.</summary>
    /// <exception cref="ActorTrainException">A value is no class, or its column is no column of classes.</exception>
    public ClassVocabulary(Table train)
    {
        _train = train;
        var rows = FirstRows(train);
        CheckSpelling(rows);
        CheckNumbers(rows);
        Names = [.. rows.Keys.OrderBy(name => Number(name) ?? decimal.MaxValue).ThenBy(name => name, StringComparer.Ordinal)];
        if (Names.Count == 1) throw new ActorTrainException($"{train.File}: {Target} is {Field.Shown(Names[0])} in every row; there must be 2 classes or more.");
        if (train.Targets.Count >= FewRows && Names.Count * 2 > train.Targets.Count)
            throw new ActorTrainException(
                $"{train.File}: {Target} has {Names.Count} different values in {train.Targets.Count} rows; "
                + (rows.Keys.All(name => Number(name) is not null) ? "a target that is a number is read by OfNumbers." : "a class must have several rows each."));
        foreach (var (number, name) in Names.Index()) _numbers.Add(name, number);
    }

    /// <summary>The classes' names, in the order of their numbers.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The number of a class.</summary>
    /// <exception cref="ActorTrainException">It is none of the classes.</exception>
    public float NumberOf(string text, Place place)
    {
        if (_numbers.TryGetValue(text, out var number) || _numbers.TryGetValue(NameOf(text, place), out number)) return number;
        throw new ActorTrainException(
            $"{place}: {Target} is {Field.Shown(text)}, a class that {_train.File} does not have{Field.Meant(text, Names)}; it has {Field.Shown(Names)}.");
    }

    private string Target => Field.Shown(_train.Target);

    // 1, 1.0 and 01 are one class. Where it is not whole, a number is a word: 1.10 and 1.1 may be versions.
    private string NameOf(string text, Place place) => Field.IsMissing(text)
        ? throw new ActorTrainException($"{place}: {Target} is {Field.Shown(text)}{(text.Length == 0 ? "" : ", a missing value")}; every row must have a class.")
        : Number(text) is { } number && decimal.IsInteger(number) ? number.ToString("0", CultureInfo.InvariantCulture) : text;

    /// <summary>The row where each class comes first.</summary>
    private Dictionary<string, int> FirstRows(Table train)
    {
        var (rows, seen) = (new Dictionary<string, int>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var row = 0; row < train.Targets.Count; row++)
            if (seen.Add(train.Targets[row])) rows.TryAdd(NameOf(train.Targets[row], train.PlaceOf(row)), row);
        return rows;
    }

    private void CheckSpelling(Dictionary<string, int> rows)
    {
        var (spellings, truths) = (new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase), new Dictionary<bool, int>());
        foreach (var (name, row) in rows)
        {
            if (!spellings.TryAdd(name, row)) throw TwoSpellings(row, spellings[name], "classes must differ in more than case.");
            if (bool.TryParse(name, out _)) truths.TryAdd(true, row);
            if (name is "0" or "1") truths.TryAdd(false, row);
        }
        if (truths.Count == 2) throw TwoSpellings(truths.Values.Max(), truths.Values.Min(), "true and false must not be mixed with 1 and 0.");
    }

    private ActorTrainException TwoSpellings(int row, int earlier, string rule) => new(
        $"{_train.PlaceOf(row)}: {Target} is {Field.Shown(_train.Targets[row])}, and in line {_train.Lines[earlier]} it is {Field.Shown(_train.Targets[earlier])}; {rule}");

    private void CheckNumbers(Dictionary<string, int> rows)
    {
        if (rows.Keys.All(name => Number(name) is not null) && rows.FirstOrDefault(row => !decimal.IsInteger(Number(row.Key)!.Value)) is { Key: { } name, Value: var row })
            throw new ActorTrainException(
                $"{_train.PlaceOf(row)}: {Target} is {Field.Shown(name)}; classes are words or whole numbers, and a target that is a number is read by OfNumbers.");
    }

    private static decimal? Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
