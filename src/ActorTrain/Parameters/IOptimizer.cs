using ActorTrain.Job;

namespace ActorTrain.Parameters;

/// <summary>
/// The rule by which one shard applies a gradient, with its state. Elementwise: the result for an element does not
/// depend on where the vector was cut, so any number of shards gives the same bits.
/// </summary>
public interface IOptimizer
{
    /// <summary>One update of all weights: a single pass over weights, gradient and state.</summary>
    /// <param name="weights">The shard's weights.</param>
    /// <param name="updated">Where the new weights go: the same place, or another one of the same length.</param>
    /// <param name="gradient">The gradient, as long as the weights.</param>
    /// <param name="learningRate">Step size, schedule included.</param>
    /// <param name="scale">Factor on the gradient, from the verdict.</param>
    void Apply(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        float learningRate,
        float scale
    ) => Apply(weights, updated, gradient, learningRate, scale, [new FlatRange(0, weights.Length)]);

    /// <summary>
    /// One update of the weights that have a gradient. All others stay, as in PyTorch: nothing decays, no momentum
    /// moves them, no step is counted for them.
    /// </summary>
    /// <param name="weights">The shard's weights.</param>
    /// <param name="updated">Where the new weights go; what has no gradient is not written.</param>
    /// <param name="gradient">The gradient, as long as the weights; what it holds elsewhere means nothing.</param>
    /// <param name="learningRate">Step size, schedule included.</param>
    /// <param name="scale">Factor on the gradient, from the verdict.</param>
    /// <param name="touched">The stretches that have a gradient, in order, none touching another.</param>
    void Apply(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        float learningRate,
        float scale,
        ReadOnlySpan<FlatRange> touched
    );
}

/// <summary>Makes the optimizer that a job asks for.</summary>
public static class Optimizer
{
    /// <summary>An optimizer with fresh state for a shard of <paramref name="length"/> parameters.</summary>
    public static IOptimizer Of(OptimizerOptions options, int length) =>
        options.Kind switch
        {
            OptimizerKind.Sgd => new Sgd(options, length),
            OptimizerKind.Adam or OptimizerKind.AdamW => new Adam(options, length),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "Unknown optimizer."),
        };
}
