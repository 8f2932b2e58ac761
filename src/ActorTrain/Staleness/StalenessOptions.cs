using System.Globalization;
using ActorTrain.Settings;

namespace ActorTrain.Staleness;

/// <summary>What a late gradient is worth.</summary>
public enum StalenessPolicy
{
    /// <summary>As much as any other: <see cref="AcceptAll"/>.</summary>
    Accept,

    /// <summary>1/(1+τ): <see cref="Staleness.Inverse"/>.</summary>
    Inverse,

    /// <summary>α/τ: <see cref="Staleness.StalenessAware"/>.</summary>
    StalenessAware,

    /// <summary>All, once it is carried over to the weights as they are: <see cref="Staleness.DcAsgd"/>.</summary>
    DcAsgd,

    /// <summary>The same, with a factor for each parameter: <see cref="Staleness.DcAsgdAdaptive"/>.</summary>
    DcAsgdAdaptive,

    /// <summary>Of each parameter what its gap leaves: <see cref="Staleness.GapAware"/>.</summary>
    GapAware,

    /// <summary>All, with a momentum for each worker: <see cref="Staleness.DanaSlim"/>.</summary>
    DanaSlim,

    /// <summary>All or nothing: <see cref="Staleness.DelayThreshold"/>.</summary>
    DelayThreshold,
}

/// <summary>
/// What is done about staleness: section <c>actortrain.job.staleness</c>. Can be changed while a job runs.
/// </summary>
/// <param name="Policy">What a late gradient is worth.</param>
/// <param name="Bound">Staleness, in versions, beyond which a gradient is refused; 0 refuses none.</param>
/// <param name="Lead">Leases that a worker may have finished more than the slowest, in the time that both took part; 0
/// holds nobody back.</param>
/// <param name="DemoteAfter">Stale leases in a row after which a worker gets smaller ones, and after as many more, only
/// evaluation; 0 demotes nobody.</param>
/// <param name="Rest">How long a worker that only evaluates does so before it is tried again.</param>
/// <param name="Threshold">Staleness, in versions, from which policy <c>delay-threshold</c> refuses, ≥ 1.</param>
/// <param name="Compensation">Settings of the policies that change a gradient.</param>
public sealed record StalenessOptions(
    StalenessPolicy Policy,
    long Bound,
    int Lead,
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
            ("lead", Text(Lead)),
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

    /// <summary>In words, as in configuration: what counts for the policy, and for all.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            Settings.Where(setting => Counts(setting.Key)).Select(setting => $"{setting.Key} = {setting.Value}")
        );

    private bool Counts(string key) =>
        key == "threshold"
            ? Policy == StalenessPolicy.DelayThreshold
            : !key.Contains('.', StringComparison.Ordinal)
                || key.StartsWith(Choices.NameOf(Policy) + ".", StringComparison.Ordinal);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
