using System.Globalization;
using System.Text;

namespace ActorTrain.TestKit.Replaying;

/// <summary>Values as C# that gives back exactly these values.</summary>
internal static class CSharp
{
    /// <summary>A literal for a <c>double</c>.</summary>
    public static string Literal(double value) =>
        double.IsPositiveInfinity(value) ? "double.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? "double.NegativeInfinity"
        : double.IsNaN(value) ? "double.NaN"
        : value == 0 && double.IsNegative(value) ? "-0d"
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A literal for a <c>float</c>.</summary>
    public static string Literal(float value) =>
        float.IsPositiveInfinity(value) ? "float.PositiveInfinity"
        : float.IsNegativeInfinity(value) ? "float.NegativeInfinity"
        : float.IsNaN(value) ? "float.NaN"
        : value.ToString("R", CultureInfo.InvariantCulture) + "f";

    /// <summary>A whole number.</summary>
    public static string Literal(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time, exact to its ticks of 100 ns.</summary>
    public static string Literal(TimeSpan value) =>
        value == TimeSpan.Zero ? "TimeSpan.Zero"
        : value == TimeSpan.MaxValue ? "TimeSpan.MaxValue"
        : Math.Abs(value.Ticks) < TimeSpan.TicksPerSecond && TimeSpan.FromMilliseconds(value.TotalMilliseconds) == value
            ? $"TimeSpan.FromMilliseconds({Literal(value.TotalMilliseconds)})"
        : IsExact(value) ? $"TimeSpan.FromSeconds({Literal(value.TotalSeconds)})"
        : $"TimeSpan.FromTicks({Literal(value.Ticks)})";

    /// <summary>A string literal, or <c>null</c>.</summary>
    public static string Literal(string? value)
    {
        if (value is null)
            return "null";
        var code = new StringBuilder("\"");
        foreach (var letter in value)
            code.Append(
                letter switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    _ when IsPlain(letter) => letter.ToString(),
                    _ => FormattableString.Invariant($"\\u{(int)letter:x4}"),
                }
            );
        return code.Append('"').ToString();
    }

    /// <summary>A text of several lines, each on a line of code.</summary>
    /// <param name="value">The text.</param>
    /// <param name="indent">Indentation of each line but the first.</param>
    public static string Lines(string value, string indent)
    {
        var lines = value.Split('\n');
        var texts = lines.Select((line, i) => i < lines.Length - 1 ? line + "\n" : line).Where(line => line.Length > 0);
        return value.Length == 0 ? "\"\"" : string.Join($"\n{indent}+ ", texts.Select(Literal));
    }

    /// <summary>Several texts as a list of arguments or elements.</summary>
    public static string Listed(IEnumerable<string> texts) => string.Join(", ", texts.Select(Literal));

    /// <summary>Several <c>double</c>s as a list of arguments or elements.</summary>
    public static string Listed(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(Literal));

    // TimeSpan.FromSeconds truncates to ticks, so the last bit of a double may cost a tick.
    private static bool IsExact(TimeSpan value)
    {
        if (Math.Abs(value.TotalSeconds) > 1e9)
            return false;
        return TimeSpan.FromSeconds(value.TotalSeconds) == value;
    }

    // Line separators end a literal's line, and a lone surrogate is lost when the code is saved.
    private static bool IsPlain(char letter) =>
        !char.IsControl(letter) && !char.IsSurrogate(letter) && letter is not ('\u2028' or '\u2029');
}
