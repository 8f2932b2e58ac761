namespace ActorTrain.TestKit.Laws;

/// <summary>One case of a law: what it predicts, and what was measured.</summary>
/// <param name="Case">The case, such as <c>N = 8</c>.</param>
/// <param name="Predicted">The law's number.</param>
/// <param name="Measured">The run's number.</param>
/// <param name="Tolerance">Largest relative error.</param>
/// <param name="IsBound">Whether the prediction is an upper bound and not a value.</param>
/// <param name="Holds">Whether the law held.</param>
/// <param name="Note">Further results of the run; may be empty.</param>
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
    /// <summary>A measured number that must be near the prediction.</summary>
    /// <param name="what">The case.</param>
    /// <param name="predicted">The law's number, other than 0.</param>
    /// <param name="measured">The run's number.</param>
    /// <param name="tolerance">Largest relative error.</param>
    public static LawRow Near(string what, double predicted, double measured, double tolerance) =>
        new(
            what,
            predicted,
            measured,
            tolerance,
            IsBound: false,
            Math.Abs(measured - predicted) <= tolerance * Math.Abs(predicted)
        );

    /// <summary>A measured number that must not exceed a bound.</summary>
    /// <param name="what">The case.</param>
    /// <param name="bound">The law's number.</param>
    /// <param name="measured">The run's number.</param>
    public static LawRow AtMost(string what, double bound, double measured) =>
        new(what, bound, measured, Tolerance: 0, IsBound: true, measured <= bound);

    /// <summary>A run that failed, without a number.</summary>
    /// <param name="reason">Why.</param>
    public static LawRow Failed(string reason) =>
        new("the run failed", double.NaN, double.NaN, Tolerance: 0, IsBound: false, Holds: false, reason);
}
