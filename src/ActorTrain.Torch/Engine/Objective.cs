using ActorTrain.Engines;
using ActorTrain.Sentences;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// A model's loss and its metric. Outputs that do not fit them are refused with the model's name and both shapes.
/// </summary>
/// <param name="model">The model's name.</param>
/// <param name="dataset">What it is trained on.</param>
/// <param name="custom">The user's loss and metric; null for the default ones.</param>
internal sealed class Objective(string model, IDataset dataset, TorchModel? custom = null)
{
    /// <summary>Outputs of a module.</summary>
    /// <exception cref="EngineFailedException">Its forward fails; the message says why.</exception>
    public Tensor Outputs(Func<Tensor, Tensor> forward, Tensor inputs)
    {
        try
        {
            return forward(inputs);
        }
        catch (Exception failure) when (IsModelFailure(failure))
        {
            throw new EngineFailedException(
                $"model {model}: its forward fails on inputs {Shape(inputs)}: {failure.AsNamedClause()}",
                failure
            );
        }
    }

    /// <summary>The mean loss, a single number.</summary>
    public Tensor Loss(Tensor outputs, Tensor targets)
    {
        var (name, function) = custom?.Loss is { } customLoss
            ? ("its loss", customLoss)
            : DefaultLoss(outputs, targets);
        Tensor loss;
        try
        {
            loss = function(outputs, targets);
        }
        catch (Exception failure) when (IsModelFailure(failure))
        {
            throw new EngineFailedException(
                $"model {model}: {name} fails on outputs {Shape(outputs)} and targets "
                    + $"{Shape(targets)}: {failure.AsNamedClause()}",
                failure
            );
        }
        return loss.numel() == 1
            ? loss
            : throw new ActorTrainException(
                $"model {model}: {name} is {Shape(loss)}; it must be a single number, the mean over the batch"
            );
    }

    /// <summary>The outputs of the first samples of a batch, without those of <see cref="FillerSamples"/>.</summary>
    public Tensor WithoutFillers(Tensor outputs, int all, int count) =>
        outputs.dim() > 0 && outputs.shape[0] == all
            ? outputs.narrow(0, 0, count)
            : throw new ActorTrainException(
                $"model {model}: its outputs are {Shape(outputs)} for a batch of {all}; their first dimension must be "
                    + "the batch's"
            );

    /// <summary>Computes the gradient of a loss.</summary>
    public void Backward(Tensor loss)
    {
        try
        {
            loss.backward();
        }
        catch (Exception failure) when (IsModelFailure(failure))
        {
            throw new EngineFailedException($"model {model}: its backward fails: {failure.AsNamedClause()}", failure);
        }
    }

    /// <summary>The sum of the metric over the samples; NaN where a model has none.</summary>
    public double MetricSum(Tensor outputs, Tensor targets)
    {
        if (custom?.Metric is not { } metric)
            return dataset.Classes > 0 && outputs.dim() == 2 && outputs.shape[0] == targets.shape[0]
                ? outputs.argmax(1).eq(targets).sum().item<long>()
                : double.NaN;
        try
        {
            var each = metric(outputs, targets);
            return each.numel() == targets.shape[0]
                ? each.to_type(ScalarType.Float64).sum().item<double>()
                : throw new ActorTrainException(
                    $"model {model}: its metric is {Shape(each)}; it must be one number a sample, [{targets.shape[0]}]"
                );
        }
        catch (Exception failure) when (IsModelFailure(failure))
        {
            throw new EngineFailedException(
                $"model {model}: its metric fails on outputs {Shape(outputs)} and targets "
                    + $"{Shape(targets)}: {failure.AsNamedClause()}",
                failure
            );
        }
    }

    private (string Name, Func<Tensor, Tensor, Tensor> Function) DefaultLoss(Tensor outputs, Tensor targets)
    {
        if (dataset.Classes == 0)
        {
            return outputs.shape.SequenceEqual(targets.shape)
                ? ("the mean squared error", (scores, numbers) => nn.functional.mse_loss(scores, numbers))
                : throw new ActorTrainException(
                    $"model {model}: its outputs are {Shape(outputs)}; the mean squared error to targets "
                        + $"{Shape(targets)} needs the same shape"
                );
        }
        return outputs.dim() == 2 && outputs.shape[0] == targets.shape[0] && outputs.shape[1] == dataset.Classes
            ? ("the cross-entropy", (scores, classes) => nn.functional.cross_entropy(scores, classes))
            : throw new ActorTrainException(
                $"model {model}: its outputs are {Shape(outputs)}; the cross-entropy over the "
                    + $"{Plural.Format(dataset.Classes, "class", "classes")} of {dataset.Description.Name} "
                    + $"needs [{targets.shape[0]}, {dataset.Classes}]"
            );
    }

    // A shortage of memory is handled by halving the batch; the others have their message already.
    private static bool IsModelFailure(Exception failure) =>
        failure is not (OutOfMemoryException or ActorTrainException or EngineFailedException)
        && !MemoryShortage.Is(failure.Message);

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
