using ActorTrain.Parameters;
using ActorTrain.Worker;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// How a module lies in two flat vectors: what is trained in one, and in the other what it has without a gradient: running statistics and frozen parameters. Whole-number counters of BatchNorm
/// lie there as floats; any other buffer that is no float is taken for a constant of the module, and left alone.
/// </summary>
/// <param name="Description">The layouts.</param>
/// <param name="Trained">The parameters, as the first layout has them.</param>
/// <param name="Kept">Statistics, counters and frozen parameters, as the second has them.</param>
internal sealed record Flattening(ModelDescription Description, IReadOnlyList<TorchSharp.Modules.Parameter> Trained, IReadOnlyList<Tensor> Kept)
{
    private const string Counter = "num_batches_tracked";

    /// <exception cref="ActorTrainException">The module cannot be flattened; the message names the model and the parameter.</exception>
    public static Flattening Of(string model, nn.Module<Tensor, Tensor> module)
    {
        var parameters = module.named_parameters().Select(pair => (Name: pair.name, pair.parameter)).ToList();
        var trained = parameters.Where(pair => pair.parameter.requires_grad).ToList();
        if (trained.Count == 0)
            throw new ActorTrainException($"model {model}: it has no parameters to train{(parameters.Count > 0 ? $"; all {parameters.Count} of it are frozen" : "")}");
        foreach (var (name, parameter) in parameters) Check(model, name, parameter);
        CheckNoneShared(model, parameters.Select(pair => (pair.Name, (Tensor)pair.parameter)));

        var kept = parameters.Except(trained).Select(pair => (pair.Name, Tensor: (Tensor)pair.parameter))
            .Concat(module.named_buffers().Select(pair => (Name: pair.name, Tensor: pair.buffer)).Where(pair => pair.Tensor.dtype == ScalarType.Float32 || IsCounter(pair.Name))).ToList();
        return new Flattening(
            new ModelDescription(model, Layout(trained.Select(pair => (pair.Name, (Tensor)pair.parameter))), Layout(kept)),
            [.. trained.Select(pair => pair.parameter)], [.. kept.Select(pair => pair.Tensor)]);

        static ParameterLayout Layout(IEnumerable<(string Name, Tensor Tensor)> tensors) =>
            ParameterLayout.Of(tensors.Select(pair => (pair.Name, (IReadOnlyList<long>)pair.Tensor.shape)));
    }

    private static bool IsCounter(string name) => name == Counter || name.EndsWith("." + Counter, StringComparison.Ordinal);

    private static void Check(string model, string name, Tensor parameter)
    {
        if (parameter.is_sparse) throw new ActorTrainException($"model {model}: its parameter {name} is sparse; parameters must be dense");
        if (parameter.dtype != ScalarType.Float32)
            throw new ActorTrainException($"model {model}: its parameter {name} is {parameter.dtype}; parameters must be Float32");
        if (parameter.numel() == 0) throw new ActorTrainException($"model {model}: its parameter {name} is empty, [{string.Join(", ", parameter.shape)}]");
    }

    // One parameter under two names is listed once, and is fine; two that lie in the same memory would be torn apart.
    private static void CheckNoneShared(string model, IEnumerable<(string Name, Tensor Tensor)> parameters)
    {
        // A storage holds a tensor of its own.
        using var scope = NewDisposeScope();
        var places = parameters.Select(pair => (pair.Name, Begin: pair.Tensor.storage<float>().data_ptr() + sizeof(float) * (nint)pair.Tensor.storage_offset(), Bytes: sizeof(float) * (nint)pair.Tensor.numel()))
            .OrderBy(place => place.Begin).ToList();
        for (var i = 1; i < places.Count; i++)
            if (places[i - 1].Begin + places[i - 1].Bytes > places[i].Begin)
                throw new ActorTrainException($"model {model}: its parameters {places[i - 1].Name} and {places[i].Name} share their memory; use one parameter in both places, or two of their own");
    }
}
