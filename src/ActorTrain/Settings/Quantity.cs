using System.Globalization;

namespace ActorTrain.Settings;

/// <summary>Reads numbers with a unit: durations and sizes, with HOCON's units.</summary>
internal static class Quantity
{
    /// <summary>
    /// A duration such as <c>10s</c> or <c>500 ms</c>; null when it is invalid. A number alone counts milliseconds, as
    /// in HOCON.
    /// </summary>
    public static TimeSpan? Duration(string text)
    {
        var seconds = Split(text) switch
        {
            (var n, "" or "ms" or "millis" or "millisecond" or "milliseconds") => n / 1e3,
            (var n, "us" or "micros" or "microsecond" or "microseconds") => n / 1e6,
            (var n, "s" or "second" or "seconds") => n,
            (var n, "m" or "minute" or "minutes") => n * 60,
            (var n, "h" or "hour" or "hours") => n * 3600,
            (var n, "d" or "day" or "days") => n * 86400,
            _ => double.NaN,
        };
        return Math.Abs(seconds) <= TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>A size in bytes such as <c>64 MiB</c> or <c>128k</c>; null when it is invalid.</summary>
    public static long? Bytes(string text)
    {
        var bytes = Split(text) switch
        {
            (var n, "" or "B" or "b" or "byte" or "bytes") => n,
            (var n, "kB" or "KB") => n * 1e3,
            (var n, "MB") => n * 1e6,
            (var n, "GB") => n * 1e9,
            (var n, "K" or "k" or "Ki" or "KiB") => n * (1 << 10),
            (var n, "M" or "m" or "Mi" or "MiB") => n * (1 << 20),
            (var n, "G" or "g" or "Gi" or "GiB") => n * (1 << 30),
            _ => double.NaN,
        };
        // Doubles are exact up to 2^53.
        return Math.Abs(bytes) <= 1L << 53 && bytes == Math.Floor(bytes) ? (long)bytes : null;
    }

    private static (double Number, string Unit) Split(string text)
    {
        var digits = text.AsSpan().Trim();
        var end = 0;
        while (end < digits.Length && (char.IsAsciiDigit(digits[end]) || digits[end] is '.' or '+' or '-'))
            end++;
        var number = digits[..end];
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? (value, digits[number.Length..].Trim().ToString())
            : (double.NaN, "");
    }
}
