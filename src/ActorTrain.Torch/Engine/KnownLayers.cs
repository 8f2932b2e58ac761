using System.Collections;
using System.Collections.Frozen;
using System.Reflection;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// What is known of a module by its layers. Of a user's code nothing is known: it may depend on the memory layout of
/// its inputs, and draw random numbers.
/// </summary>
internal static class KnownLayers
{
    // Their forward is known: it handles any memory layout, and draws no random numbers.
    private static readonly FrozenSet<Type> Plain = new[]
    {
        typeof(Sequential),
        typeof(Identity),
        typeof(Flatten),
        typeof(Unflatten),
        typeof(Linear),
        typeof(Bilinear),
        typeof(Conv1d),
        typeof(Conv2d),
        typeof(Conv3d),
        typeof(ConvTranspose1d),
        typeof(ConvTranspose2d),
        typeof(ConvTranspose3d),
        typeof(BatchNorm1d),
        typeof(BatchNorm2d),
        typeof(BatchNorm3d),
        typeof(InstanceNorm1d),
        typeof(InstanceNorm2d),
        typeof(InstanceNorm3d),
        typeof(GroupNorm),
        typeof(LayerNorm),
        typeof(LocalResponseNorm),
        typeof(CELU),
        typeof(ELU),
        typeof(GELU),
        typeof(GLU),
        typeof(Hardshrink),
        typeof(Hardsigmoid),
        typeof(Hardswish),
        typeof(Hardtanh),
        typeof(LeakyReLU),
        typeof(LogSigmoid),
        typeof(LogSoftmax),
        typeof(Mish),
        typeof(PReLU),
        typeof(ReLU),
        typeof(ReLU6),
        typeof(SELU),
        typeof(Sigmoid),
        typeof(SiLU),
        typeof(Softmax),
        typeof(Softmax2d),
        typeof(Softmin),
        typeof(Softplus),
        typeof(Softshrink),
        typeof(Softsign),
        typeof(Tanh),
        typeof(Tanhshrink),
        typeof(Threshold),
        typeof(AdaptiveAvgPool1d),
        typeof(AdaptiveAvgPool2d),
        typeof(AdaptiveAvgPool3d),
        typeof(AdaptiveMaxPool1d),
        typeof(AdaptiveMaxPool2d),
        typeof(AdaptiveMaxPool3d),
        typeof(AvgPool1d),
        typeof(AvgPool2d),
        typeof(AvgPool3d),
        typeof(LPPool1d),
        typeof(LPPool2d),
        typeof(MaxPool1d),
        typeof(MaxPool2d),
        typeof(MaxPool3d),
        typeof(ConstantPad1d),
        typeof(ConstantPad2d),
        typeof(ConstantPad3d),
        typeof(ReflectionPad1d),
        typeof(ReflectionPad2d),
        typeof(ReflectionPad3d),
        typeof(ReplicationPad1d),
        typeof(ReplicationPad2d),
        typeof(ReplicationPad3d),
        typeof(ZeroPad2d),
        typeof(PixelShuffle),
        typeof(PixelUnshuffle),
        typeof(ChannelShuffle),
        typeof(Upsample),
    }.ToFrozenSet();

    private static readonly FrozenSet<Type> Drawing = new[]
    {
        typeof(Dropout),
        typeof(Dropout1d),
        typeof(Dropout2d),
        typeof(Dropout3d),
        typeof(AlphaDropout),
        typeof(FeatureAlphaDropout),
        typeof(RReLU),
    }.ToFrozenSet();

    /// <summary>Whether a module has no code but that of known layers, whose only state are their buffers.</summary>
    public static bool AreAll(nn.Module module) =>
        AllLayers(module).All(layer => IsKnown(layer, Plain) || IsKnown(layer, Drawing));

    /// <summary>Whether a module may draw random numbers; true where that is not known.</summary>
    public static bool MayDraw(nn.Module module) => !AllLayers(module).All(layer => IsKnown(layer, Plain));

    /// <summary>
    /// Whether a module's images are better laid out with the channels of a pixel side by side: it has convolutions,
    /// which then run up to twice as fast on a processor, and nothing that depends on the layout: no code of a user,
    /// and no layer that draws a number for each element in the order of memory.
    /// </summary>
    public static bool PrefersChannelsLast(nn.Module module) =>
        AllLayers(module).Any(layer => layer is Conv2d or ConvTranspose2d) && !MayDraw(module);

    private static IEnumerable<nn.Module> AllLayers(nn.Module module) => module.modules().Prepend(module);

    private static bool IsKnown(nn.Module layer, FrozenSet<Type> types) =>
        types.Contains(layer.GetType()) && !HasHooks(layer);

    // A hook is a user's code, too.
    private static bool HasHooks(nn.Module layer)
    {
        const BindingFlags declared = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (var type = layer.GetType(); type is not null && type != typeof(nn.Module); type = type.BaseType)
        {
            var hooks = type.GetFields(declared).Where(field => field.Name.EndsWith("hooks", StringComparison.Ordinal));
            if (hooks.Any(field => field.GetValue(layer) is ICollection { Count: > 0 }))
                return true;
        }
        return false;
    }
}
