using ActorTrain.Sentences;

namespace ActorTrain.Parameters;

/// <summary>An optimizer that a user has added.</summary>
/// <param name="name">The optimizer in errors, such as <c>optimizer 'mine'</c>.</param>
/// <param name="optimizer">The optimizer.</param>
/// <param name="length">Length of the weights.</param>
internal sealed class CheckedOptimizer(string name, IOptimizer optimizer, int length) : IOptimizer
{
    public IReadOnlyList<Memory<float>> State
    {
        get
        {
            var state = optimizer.State ?? throw new ActorTrainException($"{name} has a State of null");
            foreach (var vector in state)
                if (vector.Length != length)
                    throw new ActorTrainException(
                        $"{name} has {Plural.Format(vector.Length, "number")} in a vector of State, "
                            + $"and needs as many as there are weights: {Plural.Number(length)}"
                    );
            return state;
        }
    }

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
