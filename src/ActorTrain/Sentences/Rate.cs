using System.Globalization;

namespace ActorTrain.Sentences;

/// <summary>Samples a second, as they are written for people.</summary>
internal static class Rate
{
    /// <summary>The number alone, the same on every machine; small ones with decimals, so that none above 0 is told
    /// as 0 but the very smallest.</summary>
    public static string Of(double samplesPerSecond) =>
        !double.IsFinite(samplesPerSecond)
            ? "-"
            : samplesPerSecond.ToString(
                samplesPerSecond >= 100 ? "#,0"
                    : samplesPerSecond >= 1 ? "0.#"
                    : "0.####",
                CultureInfo.InvariantCulture
            );
}
