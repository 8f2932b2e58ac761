namespace ActorTrain.Staleness;

/// <summary>Decides the weight of a stale gradient.</summary>
public interface IStalenessPolicy
{
    /// <summary>The verdict on a gradient.</summary>
    /// <param name="staleness">Updates that the shard has applied since the version it was computed from, ≥ 0.</param>
    Verdict Judge(long staleness);
}

/// <summary>Creates a job's staleness policy.</summary>
internal static class StalenessPolicies
{
    /// <summary>Creates the policy that the options select.</summary>
    public static IStalenessPolicy Create(StalenessOptions options)
    {
        IStalenessPolicy policy = options.Policy switch
        {
            // Their IGradientCompensation does the rest.
            StalenessPolicy.Accept
            or StalenessPolicy.DcAsgd
            or StalenessPolicy.DcAsgdAdaptive
            or StalenessPolicy.GapAware
            or StalenessPolicy.DanaSlim => new AcceptAll(),
            StalenessPolicy.Inverse => new Inverse(),
            StalenessPolicy.StalenessAware => new StalenessAware(),
            StalenessPolicy.DelayThreshold => new DelayThreshold(options.Threshold),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Policy, "Unknown staleness policy."),
        };
        return options.Bound > 0 ? new RefuseBeyond(options.Bound, policy) : policy;
    }
}
