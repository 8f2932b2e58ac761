using System.Runtime.InteropServices;
using ActorTrain.Parameters;
using ActorTrain.Saving;
using ActorTrain.Torch.Engine;
using static TorchSharp.torch;

namespace ActorTrain.Torch;

/// <summary>Trained and saved weights in a TorchSharp module.</summary>
public static class TrainedModelExtensions
{
    /// <summary>Copies parameters and buffers into a module of the same architecture, on its device.</summary>
    /// <param name="model">The trained model, such as <c>result.Model</c>.</param>
    /// <param name="module">A module with the same names, shapes and types.</param>
    /// <exception cref="ActorTrainException">The module has another architecture; the message names the first
    /// difference.</exception>
    public static void LoadInto(this TrainedModel model, nn.Module<Tensor, Tensor> module)
    {
        var name = model.Description.Name;
        var target = Flattening.Describe(name, module);
        const string here = "the module",
            there = "the trained model";
        var difference =
            target.Parameters.FirstDifference(model.Description.Parameters, here, there)
            ?? target.Buffers.FirstDifference(model.Description.Buffers, here, there);
        if (difference is not null)
            throw new ActorTrainException($"model {name}: {difference}.");
        using var withoutGradient = no_grad();
        using var scope = NewDisposeScope();
        Copy(target.Parameters, model.Parameters, module);
        Copy(target.Buffers, model.Buffers, module);
    }

    /// <summary>Copies the tensors of a safetensors file into a module of the same architecture.</summary>
    /// <param name="model">The file, as <see cref="SafeTensors.Load"/> has read it.</param>
    /// <param name="module">A module with the same names, shapes and types.</param>
    /// <exception cref="ActorTrainException">The module has another architecture; the message names the first
    /// difference.</exception>
    public static void LoadInto(this SavedModel model, nn.Module<Tensor, Tensor> module) =>
        model.As(Flattening.Describe(Path.GetFileNameWithoutExtension(model.Path), module)).LoadInto(module);

    private static void Copy(ParameterLayout layout, ReadOnlyMemory<float> words, nn.Module<Tensor, Tensor> module)
    {
        foreach (var (tensors, spec) in Flattening.TensorsAt(layout, module))
        {
            var bytes = MemoryMarshal.AsBytes(words.Slice(spec.Offset, spec.Length).Span);
            foreach (var tensor in tensors)
            {
                var values = empty(spec.Shape.ToArray(), dtype: tensor.dtype);
                bytes[..(int)(spec.Count * spec.Type.Size())].CopyTo(values.bytes);
                tensor.copy_(values);
            }
        }
    }
}
