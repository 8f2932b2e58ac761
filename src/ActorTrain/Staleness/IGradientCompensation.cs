using ActorTrain.Parameters;

namespace ActorTrain.Staleness;

/// <summary>
/// The part of a staleness policy that changes each element of an applied gradient, where one factor on all of it is
/// not enough; it may keep state. One a shard. Elementwise, as an optimizer is: any number of shards gives the same
/// bits.
/// </summary>
internal interface IGradientCompensation
{
    /// <summary>
    /// Whether it reads older weights: then those that a worker computes from are kept for it, and no update is in
    /// place.
    /// </summary>
    bool ComparesVersions { get; }

    /// <summary>
    /// The vectors of state that belong to no worker, each as long as the weights and always in the same order.
    /// </summary>
    IReadOnlyList<Memory<float>> State => [];

    /// <summary>The numbers of state, always in the same order.</summary>
    IReadOnlyList<double> Numbers
    {
        get => [];
        set { }
    }

    /// <summary>
    /// Computes what is applied instead of a gradient, its weight included. Elements without a gradient and their state
    /// stay unchanged.
    /// </summary>
    /// <param name="stale">The gradient, with the weights then and now.</param>
    /// <param name="result">The result, as long as the gradient.</param>
    void Compensate(in StaleGradient stale, Span<float> result);

    /// <summary>The result has been applied.</summary>
    /// <param name="before">The weights before.</param>
    /// <param name="after">The weights after; the same memory, unless <see cref="ComparesVersions"/>.</param>
    /// <param name="learningRate">Step size, schedule included.</param>
    /// <param name="touched">The ranges that had a gradient.</param>
    void Updated(
        ReadOnlySpan<float> before,
        ReadOnlySpan<float> after,
        float learningRate,
        ReadOnlySpan<FlatRange> touched
    ) { }

    /// <summary>A worker's incarnation has ended: its state is dropped.</summary>
    void Forget(string worker) { }

    /// <summary>All workers' incarnations have ended.</summary>
    void ForgetAll() { }
}

/// <summary>A gradient that is about to be applied.</summary>
/// <param name="worker">The worker that computed it.</param>
/// <param name="gradient">The gradient, mean over its samples.</param>
/// <param name="weight">Factor on the gradient: its share of a step.</param>
/// <param name="weights">The weights now.</param>
/// <param name="computedFrom">The weights that it was computed from; <paramref name="weights"/> where they are the same
/// or not kept any more.</param>
/// <param name="touched">The ranges that have a gradient, in order, not adjacent.</param>
internal readonly ref struct StaleGradient(
    string worker,
    ReadOnlySpan<float> gradient,
    float weight,
    ReadOnlySpan<float> weights,
    ReadOnlySpan<float> computedFrom,
    ReadOnlySpan<FlatRange> touched
)
{
    public ReadOnlySpan<FlatRange> Touched { get; } = touched;

    public string Worker { get; } = worker;

    public ReadOnlySpan<float> Gradient { get; } = gradient;

    public float Weight { get; } = weight;

    public ReadOnlySpan<float> Weights { get; } = weights;

    public ReadOnlySpan<float> ComputedFrom { get; } = computedFrom;
}

/// <summary>Creates the compensation of a job's policy.</summary>
internal static class GradientCompensations
{
    /// <summary>
    /// A compensation without state so far, for a shard of <paramref name="length"/> parameters; null for a policy that
    /// needs none.
    /// </summary>
    public static IGradientCompensation? Create(StalenessOptions options, OptimizerOptions optimizer, int length) =>
        options.Policy switch
        {
            StalenessPolicy.DcAsgd => new DcAsgd(options.DcAsgd),
            StalenessPolicy.DcAsgdAdaptive => new DcAsgdAdaptive(options.DcAsgdAdaptive, length),
            StalenessPolicy.GapAware => new GapAware(options.GapAware, length),
            StalenessPolicy.DanaSlim => new DanaSlim((Sgd)optimizer, length),
            _ => null,
        };

    /// <summary>Why a policy is not compatible with a job's optimizer: "while …"; null where it is.</summary>
    public static string? IncompatibilityOf(string policy, OptimizerOptions optimizer) =>
        policy == StalenessPolicy.DanaSlim ? DanaSlim.IncompatibilityOf(optimizer) : null;

    /// <summary>
    /// The settings of a shard's optimizer: the job's, without momentum for a policy that has its own.
    /// </summary>
    public static OptimizerOptions OptimizerUnder(string policy, OptimizerOptions optimizer) =>
        policy == StalenessPolicy.DanaSlim ? DanaSlim.PlainStep((Sgd)optimizer) : optimizer;
}
