using System.Globalization;

namespace ActorTrain.Torch.Settings;

/// <summary>
/// Reads the settings of one section of a job, and throws with one sentence when one is wrong. Defaults are in
/// reference.conf, so a missing setting is wrong, too.
/// </summary>
/// <param name="section">The section's full name, such as <c>actortrain.job.model</c>.</param>
/// <param name="values">Its flat keys and values.</param>
public sealed class SettingReader(string section, IReadOnlyDictionary<string, string> values)
{
    /// <summary>A whole number.</summary>
    public int WholeNumber(string key, int least, int most)
    {
        var expected = $"a whole number from {least} to {most}";
        var text = Text(key, expected);
        return Parse(text) is { } value && value >= least && value <= most ? value : throw Wrong(key, text, expected);
    }

    /// <summary>Whole numbers, separated by commas.</summary>
    /// <param name="key">The setting's key within the section.</param>
    /// <param name="least">Least value of each.</param>
    /// <param name="most">Greatest value of each.</param>
    /// <param name="fewest">How many there must be at least.</param>
    /// <param name="greatest">How many there may be at most.</param>
    public IReadOnlyList<int> WholeNumbers(string key, int least, int most, int fewest, int greatest)
    {
        var count = fewest == greatest ? $"{fewest}" : $"{fewest} to {greatest}";
        var expected = $"a list of {count} whole numbers from {least} to {most}";
        var text = Text(key, expected);
        var numbers = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(Parse)
            .ToList();
        return
            numbers.Count >= fewest
            && numbers.Count <= greatest
            && numbers.All(value => value >= least && value <= most)
            ? [.. numbers.Select(value => value!.Value)]
            : throw Wrong(key, text, expected);
    }

    /// <summary>One of a few numbers.</summary>
    public double OneOf(string key, params IReadOnlyList<double> allowed)
    {
        var expected = string.Join(", ", allowed.SkipLast(1).Select(Invariant)) + " or " + Invariant(allowed[^1]);
        var text = Text(key, expected);
        return
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && allowed.Contains(value)
            ? value
            : throw Wrong(key, text, expected);
    }

    /// <summary>One of a few words, each standing for a value.</summary>
    public T Choice<T>(string key, params IReadOnlyList<(string Word, T Value)> allowed)
    {
        var expected = string.Join(", ", allowed.SkipLast(1).Select(choice => choice.Word)) + " or " + allowed[^1].Word;
        var text = Text(key, expected);
        foreach (var (word, value) in allowed)
            if (word == text)
                return value;
        throw Wrong(key, text, expected);
    }

    /// <summary>On or off, in any spelling of HOCON.</summary>
    public bool Switch(string key)
    {
        var text = Text(key, "on or off");
        return text switch
        {
            "on" or "true" or "yes" => true,
            "off" or "false" or "no" => false,
            _ => throw Wrong(key, text, "on or off"),
        };
    }

    private string Text(string key, string expected) =>
        values.TryGetValue(key, out var text)
            ? text.Trim()
            : throw new ActorTrainException($"{section}.{key} is not set; it must be {expected}.");

    private ActorTrainException Wrong(string key, string text, string expected) =>
        new($"{section}.{key} is {(text.Length == 0 ? "empty" : text)}; it must be {expected}.");

    private static int? Parse(string text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string Invariant(double value) => value.ToString("0.0###", CultureInfo.InvariantCulture);
}
