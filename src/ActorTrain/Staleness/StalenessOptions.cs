using ActorTrain.Settings;

namespace ActorTrain.Staleness;

/// <summary>
/// The measures against staleness: section <c>actortrain.job.staleness</c>. Can be changed while a job runs.
/// </summary>
public sealed record StalenessOptions
{
    /// <summary>
    /// The weight of a stale gradient: one of <see cref="StalenessPolicy"/>, or one that the nodes have added
    /// (<c>AddStalenessPolicy</c>).
    /// </summary>
    public string Policy { get; init; } = StalenessPolicy.StalenessAware;

    /// <summary>Staleness, in versions, beyond which a gradient is refused; 0 refuses none.</summary>
    public long Bound { get; init; }

    /// <summary>
    /// Leases that a worker may have finished more than the slowest since both take part; 0 for no limit.
    /// </summary>
    public int MaxLeaseLead { get; init; }

    /// <summary>
    /// Stale leases in a row after which a worker gets smaller ones, and after as many more, only evaluation; 0 for
    /// never.
    /// </summary>
    public int DemoteAfter { get; init; } = 3;

    /// <summary>How long a worker only evaluates before it gets leases again.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Staleness, in versions, from which policy <c>delay-threshold</c> refuses, ≥ 1.</summary>
    public long Threshold { get; init; } = 64;

    /// <summary>Settings of the policy <c>dc-asgd</c>.</summary>
    public DcAsgdOptions DcAsgd { get; init; } = new();

    /// <summary>Settings of the policy <c>dc-asgd-adaptive</c>.</summary>
    public DcAsgdAdaptiveOptions DcAsgdAdaptive { get; init; } = new();

    /// <summary>Settings of the policy <c>gap-aware</c>.</summary>
    public GapAwareOptions GapAware { get; init; } = new();

    /// <summary>
    /// Settings of a policy that the nodes have added: section <c>actortrain.job.staleness.settings</c>, with relative
    /// keys.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get;
        init => field = new SettingValues(value);
    } = new SettingValues();

    /// <summary>Whether two change gradients in the same way.</summary>
    internal static bool CompensateAlike(StalenessOptions one, StalenessOptions other) =>
        (one.Policy, one.DcAsgd, one.DcAsgdAdaptive, one.GapAware)
        == (other.Policy, other.DcAsgd, other.DcAsgdAdaptive, other.GapAware);

    /// <summary>The settings that apply under this policy, as in configuration.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            OptionsAsSettings
                .Entries("actortrain.job.staleness", this)
                .Where(setting => Applies(setting.Key))
                .Select(setting => $"{setting.Key} = {setting.Value}")
        );

    private bool Applies(string key) =>
        key == "threshold"
            ? Policy == StalenessPolicy.DelayThreshold
            : !key.Contains('.', StringComparison.Ordinal)
                || key.StartsWith(Policy + ".", StringComparison.Ordinal)
                || (!StalenessPolicy.All.Contains(Policy) && key.StartsWith("settings.", StringComparison.Ordinal));
}
