using System.Runtime.InteropServices;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Torch.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// The tensors of a module, bound to two flat vectors: f32 tensors are views into them, and buffers of other types are
/// copied there and back.
/// </summary>
/// <remarks>
/// Gradients stay with backward, which hands over its own tensors, and are collected in one pass into the vector that
/// is sent: accumulating into views of it would clear, and then read and write, every element once more.
/// </remarks>
internal sealed class BoundTensors
{
    private readonly FlatVector _buffers;
    private readonly IReadOnlyList<(IReadOnlyList<Tensor> Tensors, TensorSpec Spec)> _trained,
        _copied;
    private readonly IReadOnlyList<(Tensor Tensor, string Name)> _frozen;
    private readonly HashSet<IntPtr> _handles;

    /// <summary>
    /// Moves a module to the device, copies its values into the vectors, and turns its tensors into views of them.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="description">Its layout in the vectors.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="parameters">The vector of trained parameters.</param>
    /// <param name="buffers">The vector of buffers.</param>
    public BoundTensors(
        nn.Module<Tensor, Tensor> module,
        ModelDescription description,
        TorchDevice device,
        FlatVector parameters,
        FlatVector buffers
    )
    {
        _buffers = buffers;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        module.to(device.Device);
        _trained = Flattening.TensorsAt(description.Parameters, module);
        var kept = Flattening.TensorsAt(description.Buffers, module).Where(entry => entry.Spec.Length > 0).ToList();
        _copied = [.. kept.Where(entry => entry.Spec.Type != ElementType.F32)];
        foreach (var (tensors, spec) in _trained)
            CopyTo(tensors[0], MemoryMarshal.AsBytes(parameters.Memory.Span.Slice(spec.Offset, spec.Length)));
        foreach (var (tensors, spec) in kept)
            CopyTo(tensors[0], BytesOf(spec));
        parameters.Send();
        buffers.Send();
        foreach (var (tensors, spec) in _trained)
        foreach (var tensor in tensors)
            tensor.set_(View(parameters, spec));
        foreach (var (tensors, spec) in kept)
            BindBuffer(tensors, spec);
        _handles = [.. _trained.Concat(kept).SelectMany(entry => entry.Tensors).Select(tensor => tensor.Handle)];
        _frozen =
        [
            .. kept.Where(entry => entry.Tensors[0] is TorchSharp.Modules.Parameter)
                .Select(entry => (entry.Tensors[0], entry.Spec.Name)),
        ];
    }

    /// <summary>The first frozen parameter that requires a gradient by now; null where there is none.</summary>
    public string? FirstThawed => _frozen.FirstOrDefault(frozen => frozen.Tensor.requires_grad).Name;

    /// <summary>Whether a tensor is one of those that were bound.</summary>
    public bool Contains(Tensor tensor) => _handles.Contains(tensor.Handle);

    /// <summary>Copies the gradient that a backward has left into a vector, and removes it from the tensors.</summary>
    /// <returns>The ranges that have no gradient; null where all have one.</returns>
    public IReadOnlyList<FlatRange>? CollectGradient(Span<float> gradient)
    {
        List<FlatRange>? untouched = null;
        foreach (var (tensors, spec) in _trained)
        {
            if (CollectGradient(tensors, gradient.Slice(spec.Offset, spec.Length)))
                continue;
            untouched ??= [];
            if (untouched.Count > 0 && untouched[^1].End == spec.Offset)
                untouched[^1] = untouched[^1] with { Length = untouched[^1].Length + spec.Length };
            else
                untouched.Add(new FlatRange(spec.Offset, spec.Length));
        }
        return untouched;
    }

    /// <summary>Removes the gradients that a failed backward has left.</summary>
    public void DropGradients()
    {
        foreach (var (tensors, _) in _trained)
        foreach (var tensor in tensors.Where(tensor => !tensor.IsInvalid))
            tensor.grad = null;
    }

    /// <summary>Sends the buffers in memory to the device.</summary>
    public void SendBuffers()
    {
        _buffers.Send();
        if (_copied.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (tensors, spec) in _copied)
        {
            using var host = empty(tensors[0].shape, dtype: tensors[0].dtype);
            BytesOf(spec).CopyTo(host.bytes);
            tensors[0].copy_(host);
        }
    }

    /// <summary>Fetches the buffers on the device into memory.</summary>
    public void FetchBuffers()
    {
        _buffers.Fetch();
        foreach (var (tensors, spec) in _copied)
            CopyTo(tensors[0], BytesOf(spec));
    }

    // A tensor under several names may have a gradient under each: TorchSharp's setter wraps the tensor that it is
    // given into another parameter.
    private static bool CollectGradient(IReadOnlyList<Tensor> tensors, Span<float> values)
    {
        var found = false;
        foreach (var tensor in tensors)
        {
            using var gradient = tensor.grad;
            if (gradient is null)
                continue;
            using var dense = gradient.is_sparse ? gradient.to_dense() : gradient.alias();
            using var host = dense.cpu();
            using var contiguous = host.contiguous();
            var part = MemoryMarshal.Cast<byte, float>(contiguous.bytes);
            if (found)
                System.Numerics.Tensors.TensorPrimitives.Add(values, part, values);
            else
                part.CopyTo(values);
            found = true;
            // Otherwise the next backward would add to it.
            tensor.grad = null;
        }
        if (!found)
            values.Clear();
        return found;
    }

    // A buffer that is copied keeps its own memory, which its other names share.
    private void BindBuffer(IReadOnlyList<Tensor> tensors, TensorSpec spec)
    {
        var isView = spec.Type == ElementType.F32;
        foreach (var tensor in tensors.Skip(isView ? 0 : 1))
            tensor.set_(isView ? View(_buffers, spec) : tensors[0]);
    }

    private Span<byte> BytesOf(TensorSpec spec) =>
        MemoryMarshal.AsBytes(_buffers.Memory.Span.Slice(spec.Offset, spec.Length))[..(spec.Count * spec.Type.Size())];

    private static void CopyTo(Tensor tensor, Span<byte> bytes)
    {
        using var detached = tensor.detach();
        using var host = detached.cpu();
        using var contiguous = host.contiguous();
        contiguous.bytes.CopyTo(bytes);
    }

    private static Tensor View(FlatVector vector, TensorSpec spec) =>
        vector.Tensor.narrow(0, spec.Offset, spec.Length).view([.. spec.Shape]);
}
