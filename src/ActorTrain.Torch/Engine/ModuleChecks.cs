using ActorTrain.Engines;
using ActorTrain.Torch.Models;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Refuses a user's module that engines could not train alike: one with parts that are not registered, one whose
/// factory reuses layers, or one whose forward replaces or changes its parameters.
/// </summary>
/// <param name="model">The model's name.</param>
/// <param name="custom">The user's model; null for one of the catalogue.</param>
/// <param name="isKnown">Whether the module has no code but that of known layers.</param>
internal sealed class ModuleChecks(string model, TorchModel? custom, bool isKnown)
{
    /// <summary>Checks that the module and its loss have nothing that is not registered.</summary>
    /// <param name="module">The module.</param>
    /// <param name="isNew">Whether it has not been called yet: a forward may leave tensors with a gradient in
    /// fields, whereas a constructor computes its fields only once.</param>
    /// <exception cref="ActorTrainException">They have.</exception>
    public void CheckParts(nn.Module module, bool isNew)
    {
        if (isKnown && custom is null)
            return;
        var part = UnregisteredParts.Find(module, isNew) ?? UnregisteredParts.Find(module, "its loss", custom?.Loss);
        if (part is not null)
            throw new ActorTrainException($"model {model}: {part}");
    }

    /// <summary>Checks a module that the factory has built after another one.</summary>
    /// <exception cref="ActorTrainException">It shares tensors with the earlier one, or has another layout.</exception>
    public void CheckRebuilt(
        nn.Module<Tensor, Tensor> rebuilt,
        nn.Module<Tensor, Tensor> earlier,
        ModelDescription description
    )
    {
        if (ReferenceEquals(rebuilt, earlier))
            throw new ActorTrainException(
                $"model {model}: its factory gave the same module twice; it must build a new one each time"
            );
        if (FirstShared(rebuilt, earlier) is { } shared)
            throw new ActorTrainException(
                $"model {model}: its factory gave the same {shared} twice; it must create every layer and buffer anew "
                    + "each time"
            );
        CheckParts(rebuilt, isNew: true);
        if (FirstDifference(rebuilt, description) is { } difference)
            throw new ActorTrainException(
                $"model {model}: its factory must build the same parameters each time; {difference}"
            );
    }

    /// <summary>Checks that the first forward has left the module as it was.</summary>
    /// <param name="module">The module.</param>
    /// <param name="description">Its layout before the forward.</param>
    /// <param name="tensors">Its tensors before the forward.</param>
    /// <param name="changesParameters">Whether the forward has changed values of parameters.</param>
    /// <exception cref="ActorTrainException">It has not.</exception>
    public void CheckAfterForward(
        nn.Module<Tensor, Tensor> module,
        ModelDescription description,
        BoundTensors tensors,
        bool changesParameters
    )
    {
        if (Flattening.FirstUnknown(description, module) is { } late)
            throw new ActorTrainException(
                $"model {model}: its forward creates {late} in its first call; create it in the constructor, so that "
                    + "every engine creates it from the job's seed"
            );
        CheckParts(module, isNew: false);
        if (FirstReplaced(module, description, tensors) is { } replaced)
            throw new ActorTrainException(
                $"model {model}: its forward replaces the tensor {replaced}, which no other engine sees; change it in "
                    + "place, by copy_ or add_"
            );
        if (changesParameters)
            throw new ActorTrainException(
                $"model {model}: its forward changes its parameters in place (a clamp, a renormalisation, max_norm); "
                    + "the shards hold the parameters and would overwrite the change: compute from a changed copy, or "
                    + "add it to the loss"
            );
    }

    /// <summary>Checks that no frozen parameter has become trainable.</summary>
    /// <exception cref="ActorTrainException">One has.</exception>
    public void CheckFrozen(BoundTensors tensors)
    {
        if (tensors.FirstThawed is { } thawed)
            throw new ActorTrainException(
                $"model {model}: its forward makes {thawed} trainable during training; what is trained must be fixed "
                    + "when the module is built"
            );
    }

    private static string? FirstShared(nn.Module module, nn.Module earlier)
    {
        var taken = Flattening.AllTensors(earlier).Select(pair => pair.Tensor.Handle).ToHashSet();
        return Flattening.AllTensors(module).FirstOrDefault(pair => taken.Contains(pair.Tensor.Handle)).Name;
    }

    // The new module is still on the CPU, where tied tensors share their memory.
    private string? FirstDifference(nn.Module<Tensor, Tensor> rebuilt, ModelDescription first)
    {
        const string here = "its second module",
            there = "its first";
        var second = Flattening.Describe(model, rebuilt);
        return second.Parameters.FirstDifference(first.Parameters, here, there)
            ?? second.Buffers.FirstDifference(first.Buffers, here, there);
    }

    private static string? FirstReplaced(
        nn.Module<Tensor, Tensor> module,
        ModelDescription description,
        BoundTensors tensors
    ) =>
        Flattening
            .TensorsAt(description.Parameters, module)
            .Concat(Flattening.TensorsAt(description.Buffers, module))
            .FirstOrDefault(entry => entry.Spec.Length > 0 && !tensors.Contains(entry.Tensors[0]))
            .Spec?.Name;
}
