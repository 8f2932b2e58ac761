namespace ActorTrain.Staleness;

/// <summary>Decides what a late gradient is worth.</summary>
public interface IStalenessPolicy
{
    /// <summary>The verdict on a gradient.</summary>
    /// <param name="staleness">Updates that the shard has applied since the version it was computed from, ≥ 0.</param>
    Verdict Judge(long staleness);
}

/// <summary>Makes the policy that a job asks for.</summary>
public static class StalenessPolicies
{
    /// <summary>The policy of some options.</summary>
    public static IStalenessPolicy Of(StalenessOptions options)
    {
        IStalenessPolicy policy = options.Policy switch
        {
            // What these do beside is an IGradientCompensation's.
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
