using System.Globalization;

namespace ActorTrain.Settings;

/// <summary>The range of a number, and its wording in an error.</summary>
internal readonly record struct Bounds(double Least, bool LeastIncluded, double Most, bool MostIncluded)
{
    public static Bounds Any { get; } = new(double.NegativeInfinity, true, double.PositiveInfinity, true);

    public static Bounds AtLeast(double least) => Any with { Least = least };

    public static Bounds Above(double least) => Any with { Least = least, LeastIncluded = false };

    public static Bounds Between(double least, double most) => new(least, true, most, true);

    public static Bounds FromToBelow(double least, double most) => new(least, true, most, false);

    public static Bounds AboveUpTo(double least, double most) => new(least, false, most, true);

    public bool Contain(double value) =>
        double.IsFinite(value)
        && (LeastIncluded ? value >= Least : value > Least)
        && (MostIncluded ? value <= Most : value < Most);

    /// <summary>Completes "it must be …".</summary>
    public override string ToString() =>
        (LeastIncluded, MostIncluded) switch
        {
            _ when double.IsInfinity(Least) && double.IsInfinity(Most) => "a finite number",
            (true, _) when double.IsInfinity(Most) => $"{Text(Least)} or more",
            (false, _) when double.IsInfinity(Most) => $"more than {Text(Least)}",
            (true, true) => $"from {Text(Least)} to {Text(Most)}",
            (true, false) => $"from {Text(Least)} to below {Text(Most)}",
            (false, true) => $"more than {Text(Least)} and at most {Text(Most)}",
            (false, false) => $"more than {Text(Least)} and less than {Text(Most)}",
        };

    private static string Text(double value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
