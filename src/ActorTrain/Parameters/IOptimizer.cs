namespace ActorTrain.Parameters;

/// <summary>
/// The rule by which one shard applies a gradient, with its state. Elementwise: the result for an element does not
/// depend on where the vector is cut, so any number of shards gives the same bits. One of your own is added by
/// <c>Algorithms.AddOptimizer</c>, and a job names it by a <see cref="CustomOptimizer"/>. An exception ends the job.
/// </summary>
public interface IOptimizer
{
    /// <summary>
    /// The vectors of state, each as long as the weights and always in the same order; empty where there is no state.
    /// Standbys hold copies of them, and a shard that is restored writes the copies into them before its first update.
    /// They are all that is copied: a count of steps belongs into a vector, too. There are as many from the beginning
    /// on.
    /// </summary>
    IReadOnlyList<Memory<float>> State { get; }

    /// <summary>One update of all weights: a single pass over weights, gradient and state.</summary>
    /// <param name="weights">The shard's weights.</param>
    /// <param name="updated">Memory for the new weights: the same, or other memory of the same length.</param>
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
    /// One update of the weights that have a gradient. All others stay unchanged, as in PyTorch: no weight decay, no
    /// momentum, no step counted.
    /// </summary>
    /// <param name="weights">The shard's weights.</param>
    /// <param name="updated">Memory for the new weights; elements without a gradient are not written.</param>
    /// <param name="gradient">The gradient, as long as the weights; undefined outside
    /// <paramref name="touched"/>.</param>
    /// <param name="learningRate">Step size, schedule included.</param>
    /// <param name="scale">Factor on the gradient, from the verdict.</param>
    /// <param name="touched">The ranges that have a gradient, in order, not adjacent.</param>
    void Apply(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        float learningRate,
        float scale,
        ReadOnlySpan<FlatRange> touched
    );
}
