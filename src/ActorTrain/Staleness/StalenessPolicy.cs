namespace ActorTrain.Staleness;

/// <summary>The names of the staleness policies that come with ActorTrain.</summary>
public static class StalenessPolicy
{
    /// <summary>The weight of a stale gradient is 1, as of a fresh one.</summary>
    public const string Accept = "accept";

    /// <summary>1/(1+τ) at a staleness of τ.</summary>
    public const string Inverse = "inverse";

    /// <summary>1/τ, and 1 below 1 (Zhang et al. 2016, eq. 5).</summary>
    public const string StalenessAware = "staleness-aware";

    /// <summary>1, after compensation for the change of the weights (Zheng et al. 2017).</summary>
    public const string DcAsgd = "dc-asgd";

    /// <summary>The same, with a factor of its own for each parameter.</summary>
    public const string DcAsgdAdaptive = "dc-asgd-adaptive";

    /// <summary>For each parameter divided by its gap (Barkai et al. 2020).</summary>
    public const string GapAware = "gap-aware";

    /// <summary>1, with a momentum for each worker (Hakimi et al. 2019).</summary>
    public const string DanaSlim = "dana-slim";

    /// <summary>1 below a threshold, refused from there (Maranjyan et al. 2025).</summary>
    public const string DelayThreshold = "delay-threshold";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [Accept, Inverse, StalenessAware, DcAsgd, DcAsgdAdaptive, GapAware, DanaSlim, DelayThreshold];
}
