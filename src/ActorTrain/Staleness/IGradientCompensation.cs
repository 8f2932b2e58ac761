using ActorTrain.Job;
using ActorTrain.Parameters;

namespace ActorTrain.Staleness;

/// <summary>
/// What a staleness policy does with a gradient that is applied, where a factor on all of it is not enough: it changes
/// each element, and may remember something for that. One a shard. Elementwise as an optimizer is: any number of shards
/// gives the same bits.
/// </summary>
internal interface IGradientCompensation
{
    /// <summary>
    /// Whether it looks at older weights: then those that a worker computes from are kept for it, and no update is made
    /// in place.
    /// </summary>
    bool ComparesVersions { get; }

    /// <summary>What is applied in a gradient's place, its weight included. What has no gradient is left alone, and so
    /// is what is remembered of it.</summary>
    /// <param name="late">The gradient, and what it met.</param>
    /// <param name="result">Where it goes, as long as the gradient.</param>
    void Compensate(in LateGradient late, Span<float> result);

    /// <summary>What came of it has been applied.</summary>
    /// <param name="before">The weights before.</param>
    /// <param name="after">The weights after; the same memory, unless <see cref="ComparesVersions"/>.</param>
    /// <param name="learningRate">Step size, schedule included.</param>
    /// <param name="touched">The stretches that had a gradient.</param>
    void Updated(
        ReadOnlySpan<float> before,
        ReadOnlySpan<float> after,
        float learningRate,
        ReadOnlySpan<FlatRange> touched
    ) { }

    /// <summary>A worker's life has ended: what was remembered of it goes.</summary>
    void Forget(string worker) { }

    /// <summary>All workers' lives have ended.</summary>
    void ForgetAll() { }
}

/// <summary>A gradient at the moment in which it is applied.</summary>
/// <param name="worker">Whose it is.</param>
/// <param name="gradient">The gradient, mean over its samples.</param>
/// <param name="weight">What it counts for: its part of a step.</param>
/// <param name="weights">The weights as they are.</param>
/// <param name="computedFrom">The weights that it was computed from; <paramref name="weights"/> where nothing has
/// changed since, or they are not known any more.</param>
/// <param name="touched">The stretches that have a gradient, in order, none touching another.</param>
internal readonly ref struct LateGradient(
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

/// <summary>Makes the compensation that a job's policy asks for.</summary>
internal static class GradientCompensations
{
    /// <summary>
    /// A compensation that remembers nothing yet, for a shard of <paramref name="length"/> parameters; null for a
    /// policy that needs none.
    /// </summary>
    public static IGradientCompensation? Of(StalenessOptions options, OptimizerOptions optimizer, int length) =>
        options.Policy switch
        {
            StalenessPolicy.DcAsgd => new DcAsgd(options.Compensation.DcAsgd),
            StalenessPolicy.DcAsgdAdaptive => new DcAsgdAdaptive(options.Compensation.DcAsgdAdaptive, length),
            StalenessPolicy.GapAware => new GapAware(options.Compensation.GapAware, length),
            StalenessPolicy.DanaSlim => new DanaSlim(optimizer, length),
            _ => null,
        };

    /// <summary>Why a policy cannot be had with a job's optimizer: "while …"; null when it can.</summary>
    public static string? Misfit(StalenessPolicy policy, OptimizerOptions optimizer) =>
        policy == StalenessPolicy.DanaSlim ? DanaSlim.Misfit(optimizer) : null;

    /// <summary>
    /// What of a job's optimizer is the shard's: all, but for a policy that has the momentum for itself.
    /// </summary>
    public static OptimizerOptions OptimizerUnder(StalenessPolicy policy, OptimizerOptions optimizer) =>
        policy == StalenessPolicy.DanaSlim ? DanaSlim.PlainStep(optimizer) : optimizer;
}
