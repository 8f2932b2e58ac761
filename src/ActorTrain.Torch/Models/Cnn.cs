using ActorTrain.Torch.Data;
using ActorTrain.Torch.Settings;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Models;

/// <summary>Two convolutions, each halved by pooling, and one hidden layer: small and quick to train.</summary>
internal sealed class Cnn : ITorchModel
{
    public string Name => "cnn";

    public void Validate(SettingReader settings) => Read(settings);

    public Module<torch.Tensor, torch.Tensor> Build(SettingReader settings, ImageShape input, int classes)
    {
        var (first, second, hidden) = Read(settings);
        return Sequential(
            (
                "features",
                Sequential(
                    // Pooled before the ReLU, which changes no value and leaves it a quarter of the elements.
                    Conv2d(input.Channels, first, kernel_size: 3, padding: 1),
                    MaxPool2d(2),
                    ReLU(inplace: true),
                    Conv2d(first, second, kernel_size: 3, padding: 1),
                    MaxPool2d(2),
                    ReLU(inplace: true)
                )
            ),
            ("flatten", Flatten()),
            (
                "classifier",
                Sequential(
                    Linear(second * (input.Height / 4) * (input.Width / 4), hidden),
                    ReLU(inplace: true),
                    Linear(hidden, classes)
                )
            )
        );
    }

    private static (int First, int Second, int Hidden) Read(SettingReader settings)
    {
        var channels = settings.WholeNumbers("cnn.channels", 1, 1024, fewest: 2, greatest: 2);
        return (channels[0], channels[1], settings.WholeNumber("cnn.hidden", 1, 65_536));
    }
}
