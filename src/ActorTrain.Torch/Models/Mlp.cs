using ActorTrain.Torch.Data;
using ActorTrain.Torch.Settings;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Models;

/// <summary>Fully connected layers with ReLU between them.</summary>
internal sealed class Mlp : ITorchModel
{
    public string Name => "mlp";

    public void Validate(SettingReader settings) => Hidden(settings);

    public Module<torch.Tensor, torch.Tensor> Build(SettingReader settings, ImageShape input, int classes)
    {
        var layers = new List<Module<torch.Tensor, torch.Tensor>>();
        var size = input.Length;
        foreach (var hidden in Hidden(settings))
        {
            layers.AddRange([Linear(size, hidden), ReLU(inplace: true)]);
            size = hidden;
        }
        layers.Add(Linear(size, classes));
        return Sequential(("flatten", Flatten()), ("layers", Sequential(layers)));
    }

    // No hidden layer is a linear classifier.
    private static IReadOnlyList<int> Hidden(SettingReader settings) =>
        settings.WholeNumbers("mlp.hidden", 1, 65_536, fewest: 0, greatest: 16);
}
