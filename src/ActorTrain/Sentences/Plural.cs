using System.Globalization;

namespace ActorTrain.Sentences;

/// <summary>A number and what is counted, in agreement: 1 class, 2 classes, 60,000 samples.</summary>
internal static class Plural
{
    /// <summary>
    /// The number and its noun, or a longer phrase in both forms: <c>Format(n, "sample goes", "samples go")</c>.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="one">What follows 1.</param>
    /// <param name="many">What follows any other number; null: <paramref name="one"/> with an s.</param>
    public static string Format(long count, string one, string? many = null) =>
        $"{Number(count)} {Form(count, one, many)}";

    /// <summary>The noun alone.</summary>
    public static string Form(long count, string one, string? many = null) => count == 1 ? one : many ?? one + "s";

    /// <summary>A duration in its unit: 1 minute, 2.5 minutes.</summary>
    /// <param name="amount">The amount, written with at most one decimal.</param>
    /// <param name="one">The unit.</param>
    public static string Format(double amount, string one)
    {
        var text = amount.ToString("#,0.#", CultureInfo.InvariantCulture);
        return $"{text} {(text == "1" ? one : one + "s")}";
    }

    /// <summary>The number alone, in the invariant culture.</summary>
    public static string Number(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
