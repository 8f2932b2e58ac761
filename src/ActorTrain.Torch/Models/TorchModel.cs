using ActorTrain.Worker;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Models;

/// <summary>
/// A model of one's own: how its module is built, what training makes small, and what counts as right.
/// </summary>
/// <param name="Build"> Builds the module: a batch of inputs, [n, input shape] f32, to outputs, by default [n, classes]
/// scores. Called on each engine's thread after TorchSharp is loaded, with its generator seeded, so that the same seed
/// gives the same starting values; it must build the same parameters each time.
/// </param>
public sealed record TorchModel(Func<nn.Module<Tensor, Tensor>> Build)
{
    /// <summary>
    /// Outputs and targets to the mean loss over the batch, a single number. A function of these alone: all engines of
    /// the process call the same one, so that what it would remember belongs into the module. Null: cross-entropy for a
    /// data set of classes, mean squared error for one of numbers. Targets are [n] i64 of classes, or [n, target shape]
    /// f32.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Loss { get; init; }

    /// <summary>
    /// Outputs and targets to one number a sample, [n]: how right it is, from 0 to 1 or true and false, or any other
    /// figure, such as how far off it is; its mean over the test set is
    /// reported under the name <see cref="MetricName"/>. Null: whether the highest score is the class's; for a data set
    /// of
    /// numbers there is no accuracy then, and it is reported as unknown.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Metric { get; init; }

    /// <summary>What <see cref="Metric"/> is called in progress, summary, report and saved model, such as <c>mean
    /// absolute error</c>.</summary>
    public string MetricName { get; init; } = ModelDescription.DefaultMetricName;
}
