using System.Globalization;
using ActorTrain.Settings;

namespace ActorTrain.Staleness;

/// <summary>The weight of a stale gradient.</summary>
public enum StalenessPolicy
{
    /// <summary>1, as of a fresh one: <see cref="AcceptAll"/>.</summary>
    Accept,

    /// <summary>1/(1+τ): <see cref="Staleness.Inverse"/>.</summary>
    Inverse,

    /// <summary>α/τ: <see cref="Staleness.StalenessAware"/>.</summary>
    StalenessAware,

    /// <summary>1, after compensation for the change of the weights: <see cref="Staleness.DcAsgd"/>.</summary>
    DcAsgd,

    /// <summary>
    /// The same, with a factor of its own for each parameter: <see cref="Staleness.DcAsgdAdaptive"/>.
    /// </summary>
    DcAsgdAdaptive,

    /// <summary>For each parameter divided by its gap: <see cref="Staleness.GapAware"/>.</summary>
    GapAware,

    /// <summary>1, with a momentum for each worker: <see cref="Staleness.DanaSlim"/>.</summary>
    DanaSlim,

    /// <summary>1 below a threshold, refused from there: <see cref="Staleness.DelayThreshold"/>.</summary>
    DelayThreshold,
}

/// <summary>
/// The measures against staleness: section <c>actortrain.job.staleness</c>. Can be changed while a job runs.
/// </summary>
/// <param name="Policy">The weight of a stale gradient.</param>
/// <param name="Bound">Staleness, in versions, beyond which a gradient is refused; 0 refuses none.</param>
/// <param name="MaxLeaseLead">Leases that a worker may have finished more than the slowest since both take part; 0 for
/// no limit.</param>
/// <param name="DemoteAfter">Stale leases in a row after which a worker gets smaller ones, and after as many more, only
/// evaluation; 0 for never.</param>
/// <param name="Rest">How long a worker only evaluates before it gets leases again.</param>
/// <param name="Threshold">Staleness, in versions, from which policy <c>delay-threshold</c> refuses, ≥ 1.</param>
/// <param name="Compensation">Settings of the policies that change a gradient.</param>
public sealed record StalenessOptions(
    StalenessPolicy Policy,
    long Bound,
    int MaxLeaseLead,
    int DemoteAfter,
    TimeSpan Rest,
    long Threshold,
    CompensationOptions Compensation
)
{
    /// <summary>Every setting by its key below <c>actortrain.job.staleness</c>, as it is written there.</summary>
    internal IEnumerable<(string Key, string Value)> Settings =>
        [
            ("policy", Choices.NameOf(Policy)),
            ("bound", Text(Bound)),
            ("max-lease-lead", Text(MaxLeaseLead)),
            ("demote-after", Text(DemoteAfter)),
            ("rest", Rest.TotalSeconds.ToString("0.#######", CultureInfo.InvariantCulture) + "s"),
            ("threshold", Text(Threshold)),
            ("dc-asgd.lambda", Text(Compensation.DcAsgd.Lambda)),
            ("dc-asgd-adaptive.lambda", Text(Compensation.DcAsgdAdaptive.Lambda)),
            ("dc-asgd-adaptive.memory", Text(Compensation.DcAsgdAdaptive.Memory)),
            ("dc-asgd-adaptive.epsilon", Text(Compensation.DcAsgdAdaptive.Epsilon)),
            ("gap-aware.memory", Text(Compensation.GapAware.Memory)),
            ("gap-aware.epsilon", Text(Compensation.GapAware.Epsilon)),
        ];

    /// <summary>The settings that apply under this policy, as in configuration.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            Settings.Where(setting => Applies(setting.Key)).Select(setting => $"{setting.Key} = {setting.Value}")
        );

    private bool Applies(string key) =>
        key == "threshold"
            ? Policy == StalenessPolicy.DelayThreshold
            : !key.Contains('.', StringComparison.Ordinal)
                || key.StartsWith(Choices.NameOf(Policy) + ".", StringComparison.Ordinal);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
