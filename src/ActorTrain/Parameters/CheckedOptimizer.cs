using ActorTrain.Sentences;

namespace ActorTrain.Parameters;

/// <summary>An optimizer that a user has added.</summary>
/// <param name="name">The optimizer in errors, such as <c>optimizer 'mine'</c>.</param>
/// <param name="optimizer">The optimizer.</param>
internal sealed class CheckedOptimizer(string name, IOptimizer optimizer) : IOptimizer
{
    public void Apply(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        float learningRate,
        float scale,
        ReadOnlySpan<FlatRange> touched
    )
    {
        try
        {
            optimizer.Apply(weights, updated, gradient, learningRate, scale, touched);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new ActorTrainException($"{name} fails: {failure.AsReason()}", failure);
        }
    }
}
