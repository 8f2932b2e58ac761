using System.Runtime.InteropServices;
using ActorTrain.Parameters;
using ActorTrain.Saving;
using ActorTrain.Torch.Engine;
using static TorchSharp.torch;

namespace ActorTrain.Torch;

/// <summary>Trained and saved weights in a TorchSharp module.</summary>
public static class TrainedModelExtensions
{
    /// <summary>
    /// Copies parameters and buffers into a module of the same architecture, by their names. The module may be on any
    /// device, and any of its parameters may be frozen.
    /// </summary>
    /// <param name="model">The trained model, such as <c>result.Model</c>.</param>
    /// <param name="module">A module with the same names, shapes and types.</param>
    /// <exception cref="ActorTrainException">The module has another architecture; the message names the first
    /// difference, and the module is unchanged.</exception>
    public static void LoadInto(this TrainedModel model, nn.Module module)
    {
        var tensors = TensorsOf(module);
        var specs = model.Description.Parameters.Tensors.Concat(model.Description.Buffers.Tensors).ToList();
        Check(model.Description.Name, specs, tensors, module.state_dict().Keys);
        using var withoutGradient = no_grad();
        Copy(model.Description.Parameters, model.Parameters, tensors);
        Copy(model.Description.Buffers, model.Buffers, tensors);
    }

    /// <summary>Copies the tensors of a safetensors file into a module of the same architecture.</summary>
    /// <param name="model">The file, as <see cref="SafeTensors.Load"/> has read it.</param>
    /// <param name="module">A module with the same names, shapes and types.</param>
    /// <exception cref="ActorTrainException">The module has another architecture; the message names the first
    /// difference, and the module is unchanged.</exception>
    public static void LoadInto(this SavedModel model, nn.Module module)
    {
        var saved = module.state_dict();
        var layout = ParameterLayout.Create(
            TensorsOf(module)
                .Where(pair => saved.ContainsKey(pair.Key))
                .Select(pair => new TensorSpec(pair.Key, pair.Value.shape, 0) { Type = TypeOf(pair.Key, pair.Value) })
        );
        var name = Path.GetFileNameWithoutExtension(model.Path);
        model.As(new Engines.ModelDescription(name, layout, ParameterLayout.Empty)).LoadInto(module);
    }

    private static Dictionary<string, Tensor> TensorsOf(nn.Module module)
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in Flattening.AllTensors(module))
            tensors.TryAdd(name, tensor);
        return tensors;
    }

    private static void Check(
        string model,
        IReadOnlyList<TensorSpec> specs,
        Dictionary<string, Tensor> tensors,
        IEnumerable<string> persistent
    )
    {
        var known = specs.SelectMany(spec => spec.Aliases.Prepend(spec.Name)).ToHashSet();
        // A buffer that is not persistent is in no file: the module has created it.
        if (persistent.FirstOrDefault(name => !known.Contains(name)) is { } strange)
            throw new ActorTrainException($"model {model}: it has no tensor {strange}, which the module has.");
        foreach (var spec in specs)
        foreach (var name in spec.Aliases.Prepend(spec.Name))
        {
            if (!tensors.TryGetValue(name, out var tensor))
                throw new ActorTrainException($"model {model}: the module has no tensor {name}.");
            var there = new TensorSpec(name, tensor.shape, 0) { Type = TypeOf(name, tensor) };
            var here = new TensorSpec(name, spec.Shape, 0) { Type = spec.Type };
            if (there.ToString() != here.ToString())
                throw new ActorTrainException($"model {model}: its tensor is {here}, and the module's is {there}.");
        }
    }

    private static ElementType TypeOf(string name, Tensor tensor) =>
        Flattening.TypeOf(tensor.dtype)
        ?? throw new ActorTrainException($"The module's tensor {name} is {tensor.dtype}, which no model has.");

    private static void Copy(ParameterLayout layout, ReadOnlyMemory<float> words, Dictionary<string, Tensor> tensors)
    {
        foreach (var spec in layout.Tensors)
        {
            var bytes = MemoryMarshal.AsBytes(words.Slice(spec.Offset, spec.Length).Span);
            foreach (var name in spec.Aliases.Prepend(spec.Name))
            {
                using var values = empty(spec.Shape.ToArray(), dtype: tensors[name].dtype);
                bytes[..(int)(spec.Count * spec.Type.Size())].CopyTo(values.bytes);
                tensors[name].copy_(values);
            }
        }
    }
}
