namespace ActorTrain.Staleness;

/// <summary>
/// Settings of the policies that change a stale gradient: sections below <c>actortrain.job.staleness</c>, one for each
/// policy.
/// </summary>
/// <param name="DcAsgd">Section <c>dc-asgd</c>.</param>
/// <param name="DcAsgdAdaptive">Section <c>dc-asgd-adaptive</c>.</param>
/// <param name="GapAware">Section <c>gap-aware</c>.</param>
public sealed record CompensationOptions(
    DcAsgdOptions DcAsgd,
    DcAsgdAdaptiveOptions DcAsgdAdaptive,
    GapAwareOptions GapAware
);

/// <summary>Delay compensation with a constant factor.</summary>
/// <param name="Lambda">λ, factor on the compensation, ≥ 0.</param>
public sealed record DcAsgdOptions(float Lambda);

/// <summary>Delay compensation with a factor that follows the gradient's size.</summary>
/// <param name="Lambda">λ₀, factor on the compensation, ≥ 0.</param>
/// <param name="Memory">m, decay of the mean square at each update, 0 to below 1.</param>
/// <param name="Epsilon">ε, the term against division by zero, &gt; 0.</param>
public sealed record DcAsgdAdaptiveOptions(float Lambda, float Memory, float Epsilon);

/// <summary>A penalty by the gap.</summary>
/// <param name="Memory">Γ, decay of the mean square step at each update, 0 to below 1.</param>
/// <param name="Epsilon">ε, the term against division by zero, &gt; 0.</param>
public sealed record GapAwareOptions(float Memory, float Epsilon);
