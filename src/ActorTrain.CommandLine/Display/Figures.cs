using System.Globalization;

namespace ActorTrain.CommandLine.Display;

/// <summary>Numbers as text, the same on every machine.</summary>
internal static class Figures
{
    /// <summary>A count: 60,000.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A loss.</summary>
    public static string Loss(double? loss) =>
        loss is not { } value ? "-"
        : !double.IsFinite(value) ? "NaN"
        : value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A metric: an accuracy from 0 to 1, or a user's own metric of any size; never in percent, since it need
    /// not be a share.</summary>
    public static string Metric(double? metric) =>
        metric is not { } value || !double.IsFinite(value) ? "-"
        : Math.Abs(value) is > 0 and < 0.001 or >= 1e9 ? value.ToString("0.000E+0", CultureInfo.InvariantCulture)
        : value.ToString("#,0.0000", CultureInfo.InvariantCulture);

    /// <summary>A part of a whole, 0 to 1, in percent. Rounded down, so that 100 % means all of it.</summary>
    public static string Percent(double part) =>
        $"{(int)Math.Floor(Math.Clamp(double.IsFinite(part) ? part : 0, 0, 1) * 100 + 1e-9)}%";

    /// <summary>A staleness in versions.</summary>
    public static string Staleness(double mean) =>
        double.IsFinite(mean) ? mean.ToString("0.0", CultureInfo.InvariantCulture) : "-";

    /// <summary>A duration: 8s, 1:05, 2:00:09. An unknown duration is -.</summary>
    public static string Duration(double? seconds)
    {
        if (
            seconds is not { } value
            || !double.IsFinite(value)
            || value < 0
            || value > TimeSpan.MaxValue.TotalSeconds / 2
        )
            return "-";
        var time = TimeSpan.FromSeconds(Math.Round(value));
        return time.TotalMinutes < 1 ? $"{time.Seconds}s"
            : time.TotalHours < 1 ? $"{time.Minutes}:{time.Seconds:00}"
            : $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}";
    }
}
