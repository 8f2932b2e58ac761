using System.Globalization;

namespace ActorTrain.Sentences;

/// <summary>Samples per second in messages to users.</summary>
internal static class Rate
{
    /// <summary>
    /// The number alone, in the invariant culture; small ones with decimals, so that they do not become 0.
    /// </summary>
    public static string Format(double samplesPerSecond) =>
        !double.IsFinite(samplesPerSecond)
            ? "-"
            : samplesPerSecond.ToString(
                samplesPerSecond >= 100 ? "#,0"
                    : samplesPerSecond >= 1 ? "0.#"
                    : "0.####",
                CultureInfo.InvariantCulture
            );
}
