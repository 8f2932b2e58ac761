using System.Globalization;
using ActorTrain.Settings;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Scripts;

/// <summary>Parses a script's speed, the inverse of <see cref="Speed.Words"/>.</summary>
internal static class SpeedParser
{
    /// <summary>Completes "it must be …".</summary>
    public const string Right =
        "samples a second, such as 1000, exponential 1000, replayed 950 1020 990 or trace 0s 1000 30s 250";

    /// <summary>The speed; null if the text is not valid.</summary>
    public static Speed? Read(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            [var rate] when Rate(rate) is { } constant => Speed.Constant(constant),
            ["exponential", var rate] when Rate(rate) is { } mean => Speed.Exponential(mean),
            ["replayed", .. { Length: > 0 } rates] when Rates(rates) is { } measured => Speed.Replayed(measured),
            ["trace", .. { Length: > 0 } steps] => Trace(steps),
            _ => null,
        };

    private static Speed? Trace(string[] words)
    {
        var steps = new List<(TimeSpan, double)>();
        foreach (var pair in words.Chunk(2))
        {
            if (
                pair is not [var from, var rate]
                || Quantity.Duration(from) is not { Ticks: >= 0 } time
                || Rate(rate) is not { } speed
            )
                return null;
            steps.Add((time, speed));
        }
        return Speed.Trace([.. steps]);
    }

    private static double[]? Rates(string[] words)
    {
        var rates = words.Select(Rate).ToList();
        return rates.Contains(null) ? null : [.. rates.OfType<double>()];
    }

    private static double? Rate(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
        && Bounds.Above(0).Contain(rate)
            ? rate
            : null;
}
