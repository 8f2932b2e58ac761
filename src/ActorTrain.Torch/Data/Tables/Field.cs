using System.Globalization;
using System.Text;
using ActorTrain.Settings;

namespace ActorTrain.Torch.Data.Tables;

/// <summary>Interprets and displays the text of one field.</summary>
internal static class Field
{
    private const int LongestShown = 60,
        MostShown = 20,
        MostCompared = 1000;

    // Missing values in pandas and other programs. The case matters: "Na" is sodium. "None" is not among them, since it
    // is a word that is often the name of a class.
    private static readonly HashSet<string> Missing = new(StringComparer.Ordinal)
    {
        "NA",
        "N/A",
        "n/a",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "<NA>",
        "NaN",
        "nan",
        "-NaN",
        "-nan",
        "NULL",
        "null",
        "?",
        "1.#IND",
        "1.#QNAN",
        "-1.#IND",
        "-1.#QNAN",
        "#NULL!",
        "#VALUE!",
        "#REF!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
    };

    /// <summary>Removes white space around a text, and the byte order marks that joined files have there.</summary>
    public static string Trim(string text)
    {
        var trimmed = text.Trim();
        return trimmed.Length > 0 && (IsMark(trimmed[0]) || IsMark(trimmed[^1]))
            ? trimmed.Trim('\ufeff', '\u200b').Trim()
            : trimmed;

        static bool IsMark(char letter) => letter is '\ufeff' or '\u200b';
    }

    /// <summary>The text as a reader sees it: white space as one space, and without characters of no width.</summary>
    public static string Normalize(string text)
    {
        if (text.All(letter => char.IsAsciiLetterOrDigit(letter)))
            return text;
        var seen = new StringBuilder();
        foreach (var letter in text)
        {
            if (char.GetUnicodeCategory(letter) == UnicodeCategory.Format)
                continue;
            if (!char.IsWhiteSpace(letter))
                seen.Append(letter);
            else if (seen.Length == 0 || seen[^1] != ' ')
                seen.Append(' ');
        }
        return seen.ToString();
    }

    /// <summary>Whether a text stands for a missing value.</summary>
    public static bool IsMissing(string text) => text.Length == 0 || Missing.Contains(text);

    /// <summary>A text for use in a sentence: short, in one line, and in visible characters.</summary>
    public static string Display(string text)
    {
        if (text.Length == 0)
            return "empty";
        var shown = new StringBuilder();
        foreach (var letter in text.Length > LongestShown ? text.AsSpan(0, LongestShown) : text)
            if (char.IsWhiteSpace(letter))
                shown.Append(' ');
            else if (char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format)
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else
                shown.Append(letter);
        return text.Length > LongestShown ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>Several texts for use in a sentence; of very many the first ones.</summary>
    public static string Display(IReadOnlyCollection<string> texts) =>
        string.Join(", ", texts.Take(MostShown).Select(Display))
        + (texts.Count > MostShown ? $" and {texts.Count - MostShown} more" : "");

    /// <summary>Suggests which of some words was meant, as part of a sentence; empty where none is similar.</summary>
    public static string Suggest(string word, IReadOnlyCollection<string> words)
    {
        var compared = words.Where(other => other.Length <= LongestShown).Take(MostCompared);
        var near =
            words.FirstOrDefault(other => other.Equals(word, StringComparison.OrdinalIgnoreCase))
            // Any word is similar to a word of one or two letters.
            ?? (word.Length is > 2 and <= LongestShown ? Spelling.Nearest(word, compared) : null);
        return near is null ? "" : $" (did you mean {Display(near)}?)";
    }

    /// <summary>Parses the number of a field.</summary>
    /// <exception cref="ActorTrainException">It is not a number that a 32-bit float can hold.</exception>
    public static float Number(string text, string column, Place place) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)
            ? number
            : throw new ActorTrainException($"{place}: {Display(column)} is {Display(text)}{Advice(text, number)}");

    private static string Advice(string text, float number) =>
        text.Length == 0 ? "; it must be a number."
        : IsMissing(text) ? ", a missing value; it must be a number."
        : float.IsInfinity(number) && text.Any(char.IsAsciiDigit)
            ? ", which is beyond a 32-bit float; it must be a number from -3.4e38 to 3.4e38."
        : float.IsInfinity(number) || text.TrimStart('+', '-').Equals("inf", StringComparison.OrdinalIgnoreCase)
            ? "; it must be a finite number."
        : HasSeparators(text)
            ? "; it must be a number with a decimal point and without thousands separators, such as 1234.5."
        : bool.TryParse(text, out _) ? "; it must be a number, such as 1 or 0."
        : "; it must be a number.";

    // A decimal comma, or thousands separated by comma, apostrophe, space, underscore, or more than one point.
    private static bool HasSeparators(string text)
    {
        var digits = text.TrimStart('+', '-');
        var separators = digits.Where(letter => !char.IsAsciiDigit(letter)).ToList();
        return separators.Count > 0
            && separators.Count < digits.Length
            && (separators.Count > 1 || separators[0] != '.')
            && separators.All(letter => letter is ',' or '.' or '\'' or '’' or '_' || char.IsWhiteSpace(letter));
    }
}
