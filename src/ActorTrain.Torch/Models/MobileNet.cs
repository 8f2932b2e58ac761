using ActorTrain.Torch.Data;
using ActorTrain.Torch.Settings;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Models;

/// <summary>
/// MobileNet (Howard et al. 2017): each convolution is split into one within each channel (depthwise) and one that
/// mixes channels (pointwise). The first convolution keeps the size, since the images are small.
/// </summary>
internal sealed class MobileNet : ITorchModel
{
    // Output channels and stride of each block, at width 1: the paper's table 1.
    private static readonly (int Channels, int Stride)[] Blocks =
    [
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        (256, 1),
        (512, 2),
        (512, 1),
        (512, 1),
        (512, 1),
        (512, 1),
        (512, 1),
        (1024, 2),
        (1024, 1),
    ];

    public string Name => "mobilenet";

    public void Validate(SettingReader settings) => Width(settings);

    public Module<torch.Tensor, torch.Tensor> Build(SettingReader settings, ImageShape input, int classes)
    {
        var width = Width(settings);
        var channels = (int)(32 * width);
        var layers = new List<Module<torch.Tensor, torch.Tensor>>
        {
            Normalized(Conv2d(input.Channels, channels, kernel_size: 3, padding: 1, bias: false), channels),
        };
        foreach (var (full, stride) in Blocks)
        {
            var next = (int)(full * width);
            layers.Add(
                Normalized(
                    Conv2d(
                        channels,
                        channels,
                        kernel_size: 3,
                        stride: stride,
                        padding: 1,
                        groups: channels,
                        bias: false
                    ),
                    channels
                )
            );
            layers.Add(Normalized(Conv2d(channels, next, kernel_size: 1, bias: false), next));
            channels = next;
        }
        return Sequential(
            ("features", Sequential(layers)),
            ("pool", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()),
            ("classifier", Linear(channels, classes))
        );
    }

    private static TorchSharp.Modules.Sequential Normalized(
        Module<torch.Tensor, torch.Tensor> convolution,
        int channels
    ) => Sequential(convolution, BatchNorm2d(channels), ReLU(inplace: true));

    private static double Width(SettingReader settings) => settings.OneOf("mobilenet.width", 0.25, 0.5, 0.75, 1.0);
}
