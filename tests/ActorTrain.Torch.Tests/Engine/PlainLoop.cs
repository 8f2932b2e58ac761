using ActorTrain.Engines;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>Helpers of a training loop with TorchSharp alone.</summary>
internal static class PlainLoop
{
    /// <summary>A separate module with the values of the engine's network.</summary>
    public static nn.Module<Tensor, Tensor> CopyOf(IGradientEngine engine, string model)
    {
        var network = ModelCatalog
            .Default.Find(model)
            .Build(ModelCatalog.SettingsOf(Jobs.Create(model).Model), FashionMnist.Shape, FashionMnist.Classes);
        using var _ = no_grad();
        foreach (var ((_, parameter), place) in network.named_parameters().Zip(engine.Model.Parameters.Tensors))
            parameter.copy_(tensor(engine.Parameters.Slice(place.Offset, place.Length).ToArray(), [.. place.Shape]));
        return network;
    }

    /// <summary>
    /// Images with the channels of a pixel side by side, as the engine has them: another layout takes other kernels,
    /// which round differently.
    /// </summary>
    public static Tensor Images(ImageDataset dataset, int[] samples)
    {
        var table = dataset.Normalization.Table();
        return tensor(
                samples
                    .SelectMany(sample => dataset.Train.Image(sample).ToArray().Select(pixel => table[pixel]))
                    .ToArray(),
                [samples.Length, 784]
            )
            .as_strided([samples.Length, 1, 28, 28], [784, 1, 28, 1]);
    }

    public static Tensor Labels(ImageDataset dataset, int[] samples) =>
        tensor(samples.Select(sample => (long)dataset.Train.Labels.Span[sample]).ToArray());
}
