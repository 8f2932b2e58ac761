namespace ActorTrain.Staleness;

/// <summary>
/// Settings of the policies that change a late gradient: sections below <c>actortrain.job.staleness</c>, each read by
/// its policy alone.
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
/// <param name="Lambda">λ, what the compensation counts for, ≥ 0.</param>
public sealed record DcAsgdOptions(float Lambda);

/// <summary>Delay compensation with a factor that follows the gradient's size.</summary>
/// <param name="Lambda">λ₀, what the compensation counts for, ≥ 0.</param>
/// <param name="Memory">m, what the mean square keeps of itself at each update, 0 to below 1.</param>
/// <param name="Epsilon">ε, the term against division by zero, &gt; 0.</param>
public sealed record DcAsgdAdaptiveOptions(float Lambda, float Memory, float Epsilon);

/// <summary>A penalty by the gap.</summary>
/// <param name="Memory">Γ, what the mean square step keeps of itself at each update, 0 to below 1.</param>
/// <param name="Epsilon">ε, the term against division by zero, &gt; 0.</param>
public sealed record GapAwareOptions(float Memory, float Epsilon);
