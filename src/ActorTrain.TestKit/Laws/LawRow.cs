namespace ActorTrain.TestKit.Laws;

/// <summary>One case of a law: what it predicts, and what was measured.</summary>
/// <param name="Case">Of what, such as <c>N = 8</c>.</param>
/// <param name="Predicted">The law's number.</param>
/// <param name="Measured">The run's.</param>
/// <param name="Tolerance">How far off it may be, as a part of what is predicted.</param>
/// <param name="IsBound">Whether what is predicted is a bound that is never to be passed, and not a value.</param>
/// <param name="Holds">Whether the law held.</param>
/// <param name="Note">What else the run has shown; empty for nothing.</param>
internal sealed record LawRow(
    string Case,
    double Predicted,
    double Measured,
    double Tolerance,
    bool IsBound,
    bool Holds,
    string Note = ""
)
{
    /// <summary>A number that is to be near what is predicted.</summary>
    /// <param name="what">Of what.</param>
    /// <param name="predicted">The law's number, other than 0.</param>
    /// <param name="measured">The run's.</param>
    /// <param name="tolerance">How far off it may be, as a part of what is predicted.</param>
    public static LawRow Near(string what, double predicted, double measured, double tolerance) =>
        new(
            what,
            predicted,
            measured,
            tolerance,
            IsBound: false,
            Math.Abs(measured - predicted) <= tolerance * Math.Abs(predicted)
        );

    /// <summary>A number that is never to be above what is predicted.</summary>
    /// <param name="what">Of what.</param>
    /// <param name="bound">The law's number.</param>
    /// <param name="measured">The run's.</param>
    public static LawRow AtMost(string what, double bound, double measured) =>
        new(what, bound, measured, Tolerance: 0, IsBound: true, measured <= bound);

    /// <summary>A run that gave no number.</summary>
    /// <param name="reason">Why.</param>
    public static LawRow Failed(string reason) =>
        new("the run failed", double.NaN, double.NaN, Tolerance: 0, IsBound: false, Holds: false, reason);
}
