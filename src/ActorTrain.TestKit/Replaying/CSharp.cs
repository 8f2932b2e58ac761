using System.Globalization;
using System.Text;

namespace ActorTrain.TestKit.Replaying;

/// <summary>Values as C# that gives back exactly these values.</summary>
internal static class CSharp
{
    /// <summary>A number where a <c>double</c> is taken.</summary>
    public static string Of(double value) =>
        double.IsPositiveInfinity(value) ? "double.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? "double.NegativeInfinity"
        : double.IsNaN(value) ? "double.NaN"
        : value == 0 && double.IsNegative(value) ? "-0d"
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number where a <c>float</c> is taken.</summary>
    public static string Of(float value) =>
        float.IsPositiveInfinity(value) ? "float.PositiveInfinity"
        : float.IsNegativeInfinity(value) ? "float.NegativeInfinity"
        : float.IsNaN(value) ? "float.NaN"
        : value.ToString("R", CultureInfo.InvariantCulture) + "f";

    /// <summary>A whole number.</summary>
    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time, to the last of its ticks of 100 ns.</summary>
    public static string Of(TimeSpan value) =>
        value == TimeSpan.Zero ? "TimeSpan.Zero"
        : value == TimeSpan.MaxValue ? "TimeSpan.MaxValue"
        : Math.Abs(value.Ticks) < TimeSpan.TicksPerSecond && TimeSpan.FromMilliseconds(value.TotalMilliseconds) == value
            ? $"TimeSpan.FromMilliseconds({Of(value.TotalMilliseconds)})"
        : IsExact(value) ? $"TimeSpan.FromSeconds({Of(value.TotalSeconds)})"
        : $"TimeSpan.FromTicks({Of(value.Ticks)})";

    /// <summary>A text; null is <c>null</c>.</summary>
    public static string Of(string? value)
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

    /// <summary>A text of several lines, one a line of code.</summary>
    /// <param name="value">The text.</param>
    /// <param name="indent">What each line but the first begins with.</param>
    public static string Lines(string value, string indent)
    {
        var lines = value.Split('\n');
        var texts = lines.Select((line, i) => i < lines.Length - 1 ? line + "\n" : line).Where(line => line.Length > 0);
        return value.Length == 0 ? "\"\"" : string.Join($"\n{indent}+ ", texts.Select(Of));
    }

    /// <summary>Several texts, as the arguments or elements that they are.</summary>
    public static string Listed(IEnumerable<string> texts) => string.Join(", ", texts.Select(Of));

    /// <summary>Several numbers where <c>double</c>s are taken.</summary>
    public static string Listed(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(Of));

    // TimeSpan.FromSeconds cuts off what is behind the last tick, which may be the last bit of a double.
    private static bool IsExact(TimeSpan value)
    {
        if (Math.Abs(value.TotalSeconds) > 1e9)
            return false;
        return TimeSpan.FromSeconds(value.TotalSeconds) == value;
    }

    // Line separators end a literal's line, and half a surrogate pair is lost when the code is saved.
    private static bool IsPlain(char letter) =>
        !char.IsControl(letter) && !char.IsSurrogate(letter) && letter is not ('\u2028' or '\u2029');
}
