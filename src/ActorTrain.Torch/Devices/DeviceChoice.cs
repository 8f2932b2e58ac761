using System.Globalization;

namespace ActorTrain.Torch.Devices;

/// <summary>The device that a node's user asks for: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:i</c>.</summary>
/// <param name="Kind">The kind of device; null for a GPU where there is one.</param>
/// <param name="Index">Number of the GPU; null for the first.</param>
internal sealed record DeviceChoice(DeviceKind? Kind, int? Index)
{
    /// <summary>Parses the user's text.</summary>
    /// <exception cref="ActorTrainException">It names no device.</exception>
    public static DeviceChoice Parse(string text) =>
        text switch
        {
            "auto" => new(null, null),
            "cpu" => new(DeviceKind.Cpu, null),
            "cuda" => new(DeviceKind.Cuda, null),
            _ when text.StartsWith("cuda:", StringComparison.Ordinal)
                    && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index) =>
                new(DeviceKind.Cuda, index),
            _ => throw new ActorTrainException(
                $"The device is '{text}'; it must be auto, cpu, cuda or cuda:i, where i is the number of a GPU."
            ),
        };

    /// <summary>Number of the GPU to use, or null for the CPU.</summary>
    /// <param name="gpus">How many GPUs there are.</param>
    /// <exception cref="ActorTrainException">There is no such GPU.</exception>
    public int? Resolve(int gpus)
    {
        if (Kind == DeviceKind.Cpu || (Kind is null && gpus == 0))
            return null;
        var index = Index ?? 0;
        if (index < gpus)
            return index;
        var asked = Index is null ? "cuda" : $"cuda:{Index}";
        var available = gpus switch
        {
            0 => "cpu only",
            1 => "cpu and cuda:0",
            _ => $"cpu and cuda:0 to cuda:{gpus - 1}",
        };
        throw new ActorTrainException(
            $"The device {asked} is not there; this machine, with this build of libtorch, has {available}."
        );
    }
}
