using ActorTrain.Job;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Models;

/// <summary>
/// A user's model: how its module is built, its loss, and its metric.
/// </summary>
/// <param name="Build">Builds the module: a batch of inputs, [n, input shape] f32, to outputs, by default [n, classes]
/// scores. Called on each engine's thread after TorchSharp is loaded, with its generator seeded, so that the same seed
/// gives the same starting values; it must build the same parameters each time.</param>
public sealed record TorchModel(Func<nn.Module<Tensor, Tensor>> Build)
{
    /// <summary>
    /// Computes the mean loss over the batch, a single number, from outputs and targets alone: all engines of the
    /// process call the same function, so state belongs in the module. Null: cross-entropy for a data set of classes,
    /// mean squared error for one of numbers. Targets are [n] i64 of classes, or [n, target shape] f32.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Loss { get; init; }

    /// <summary>
    /// Computes one number a sample, [n], from outputs and targets: from 0 (wrong) to 1 (right), true or false, or any
    /// other figure, such as an error. Its mean over the test set is reported under the name <see cref="MetricName"/>.
    /// Null: whether the class has the highest score; for a data set of numbers the accuracy is then unknown.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Metric { get; init; }

    /// <summary>What <see cref="Metric"/> is called in progress, summary, report and saved model, such as <c>mean
    /// absolute error</c>.</summary>
    public string MetricName { get; init; } = TrainingReport.DefaultMetric;
}
