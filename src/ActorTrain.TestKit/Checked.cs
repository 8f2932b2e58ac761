using System.Globalization;
using System.Numerics;
using ActorTrain.Settings;

namespace ActorTrain.TestKit;

/// <summary>
/// Checks what a user gives to a simulation. Refuses it in one sentence: which value, what it is, what it must be.
/// </summary>
internal static class Checked
{
    /// <summary>A number within bounds.</summary>
    public static T Number<T>(string what, T value, Bounds bounds)
        where T : INumber<T> =>
        bounds.Contain(double.CreateChecked(value))
            ? value
            : throw Error(what, value.ToString(null, CultureInfo.InvariantCulture), bounds.ToString());

    /// <summary>A time that is not negative.</summary>
    public static TimeSpan Time(string what, TimeSpan value) =>
        value >= TimeSpan.Zero ? value : throw Error(what, value, "0 s or more");

    /// <summary>A time above 0.</summary>
    public static TimeSpan PositiveTime(string what, TimeSpan value) =>
        value > TimeSpan.Zero ? value : throw Error(what, value, "more than 0 s");

    /// <summary>A link's bandwidth: 1 byte a second or more, or infinity.</summary>
    public static double BytesPerSecond(string what, double value) =>
        double.IsPositiveInfinity(value) || Bounds.AtLeast(1).Contain(value)
            ? value
            : throw Error(
                what,
                value.ToString(CultureInfo.InvariantCulture),
                "1 or more, or double.PositiveInfinity for no limit"
            );

    /// <summary>A node's name: text on one line, not empty.</summary>
    public static string Node(string what, string? name) =>
        !string.IsNullOrWhiteSpace(name) && !name.Any(char.IsControl)
            ? name
            : throw Error(what, name is null ? "null" : "empty", "a node's name, such as worker-1");

    /// <summary>A value that is not null.</summary>
    public static T NotNull<T>(string what, T? value, string right)
        where T : class => value ?? throw Error(what, "null", right);

    /// <summary>The error; <paramref name="right"/> completes "it must be …".</summary>
    public static ActorTrainException Error(string what, string value, string right) =>
        new($"{what} is {value}; it must be {right}.");

    private static ActorTrainException Error(string what, TimeSpan value, string right) =>
        Error(what, FormattableString.Invariant($"{value.TotalSeconds} s"), right);
}
