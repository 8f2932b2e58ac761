using ActorTrain.Torch.Data;
using ActorTrain.Torch.Settings;
using TorchSharp;

namespace ActorTrain.Torch.Models;

/// <summary>A kind of model that a job can name.</summary>
public interface ITorchModel
{
    /// <summary>Its name in a job.</summary>
    string Name { get; }

    /// <summary>
    /// Reads its settings and throws when one is wrong. Must not use TorchSharp, so that a job can be checked before
    /// the library is loaded.
    /// </summary>
    /// <exception cref="ActorTrainException">A setting is wrong.</exception>
    void Validate(SettingReader settings);

    /// <summary>
    /// Builds the network: [batch, channels, height, width] f32 in, [batch, classes] scores out. The values of its
    /// parameters do not matter; <see cref="StartingValues"/> overwrites them. Its buffers keep the values that
    /// it is built with.
    /// </summary>
    torch.nn.Module<torch.Tensor, torch.Tensor> Build(SettingReader settings, ImageShape input, int classes);
}
