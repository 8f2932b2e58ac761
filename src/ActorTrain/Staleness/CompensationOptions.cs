namespace ActorTrain.Staleness;

/// <summary>Delay compensation with a constant factor: section <c>actortrain.job.staleness.dc-asgd</c>.</summary>
/// <param name="Lambda">λ, factor on the compensation, ≥ 0.</param>
public sealed record DcAsgdOptions(double Lambda = 0.04);

/// <summary>
/// Delay compensation with a factor that follows the gradient's size: section
/// <c>actortrain.job.staleness.dc-asgd-adaptive</c>.
/// </summary>
/// <param name="Lambda">λ₀, factor on the compensation, ≥ 0.</param>
/// <param name="Memory">m, decay of the mean square at each update, 0 to below 1.</param>
/// <param name="Epsilon">ε, the term against division by zero, &gt; 0.</param>
public sealed record DcAsgdAdaptiveOptions(double Lambda = 2, double Memory = 0.95, double Epsilon = 1e-7);

/// <summary>A penalty by the gap: section <c>actortrain.job.staleness.gap-aware</c>.</summary>
/// <param name="Memory">Γ, decay of the mean square step at each update, 0 to below 1.</param>
/// <param name="Epsilon">ε, the term against division by zero, &gt; 0.</param>
public sealed record GapAwareOptions(double Memory = 0.999, double Epsilon = 1e-8);
