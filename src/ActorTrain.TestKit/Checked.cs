using System.Globalization;
using System.Numerics;
using ActorTrain.Settings;

namespace ActorTrain.TestKit;

/// <summary>
/// Takes what a user gives to a simulation, or refuses it in one sentence: what it is of, what it was, what it may be.
/// </summary>
internal static class Checked
{
    /// <summary>A number within bounds.</summary>
    public static T Number<T>(string what, T value, Bounds bounds)
        where T : INumber<T> =>
        bounds.Contain(double.CreateChecked(value))
            ? value
            : throw Wrong(what, value.ToString(null, CultureInfo.InvariantCulture), bounds.ToString());

    /// <summary>A time that is not negative.</summary>
    public static TimeSpan Time(string what, TimeSpan value) =>
        value >= TimeSpan.Zero ? value : throw Wrong(what, value, "0 s or more");

    /// <summary>A time that is not negative, nor none.</summary>
    public static TimeSpan SomeTime(string what, TimeSpan value) =>
        value > TimeSpan.Zero ? value : throw Wrong(what, value, "more than 0 s");

    /// <summary>What a link carries: a byte a second at least, and as much as one likes.</summary>
    public static double BytesPerSecond(string what, double value) =>
        double.IsPositiveInfinity(value) || Bounds.AtLeast(1).Contain(value)
            ? value
            : throw Wrong(
                what,
                value.ToString(CultureInfo.InvariantCulture),
                "1 or more, or double.PositiveInfinity for no limit"
            );

    /// <summary>The name of a node: some text on one line.</summary>
    public static string Node(string what, string? name) =>
        !string.IsNullOrWhiteSpace(name) && !name.Any(char.IsControl)
            ? name
            : throw Wrong(what, name is null ? "null" : "empty", "a node's name, such as worker-1");

    /// <summary>Something rather than nothing.</summary>
    public static T There<T>(string what, T? value, string right)
        where T : class => value ?? throw Wrong(what, "null", right);

    /// <summary>The error; <paramref name="right"/> completes "it must be …".</summary>
    public static ActorTrainException Wrong(string what, string value, string right) =>
        new($"{what} is {value}; it must be {right}.");

    private static ActorTrainException Wrong(string what, TimeSpan value, string right) =>
        Wrong(what, FormattableString.Invariant($"{value.TotalSeconds} s"), right);
}
