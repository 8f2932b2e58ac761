using ActorTrain.Sentences;

namespace ActorTrain.Consistency;

/// <summary>A consistency model that a user has added.</summary>
/// <param name="name">The model in errors, such as <c>consistency model 'mine'</c>.</param>
/// <param name="model">The model.</param>
internal sealed class CheckedConsistencyModel(string name, IConsistencyModel model) : IConsistencyModel
{
    /// <inheritdoc/>
    public long MostAhead(Pace worker, Pace slowest)
    {
        try
        {
            // The slowest may always go on: otherwise all would wait. The sum with a clock must not overflow.
            return Math.Clamp(model.MostAhead(worker, slowest), 0, long.MaxValue / 2);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new ActorTrainException($"{name} fails: {failure.AsReason()}", failure);
        }
    }
}
