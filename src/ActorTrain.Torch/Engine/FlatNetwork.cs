using System.IO.Hashing;
using System.Runtime.InteropServices;
using ActorTrain.Parameters;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Models;
using ActorTrain.Worker;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// A network whose parameters and buffers lie in two flat vectors: what is received is what the next forward reads.
/// What is f32 is a view into them; buffers of other types are copied there and back. Gradients are left to backward,
/// which hands over its own tensors, and gathered in one pass into the vector that is sent: accumulating into views of
/// it would clear, and then read and write, every element once more.
/// </summary>
internal sealed class FlatNetwork : IDisposable
{
    private readonly Func<nn.Module<Tensor, Tensor>> _build;
    private readonly bool _hasValuesOfItsOwn,
        _isKnown;
    private readonly TorchModel? _own;
    private readonly TorchDevice _device;
    private readonly FlatVector _parameters,
        _state;
    private readonly List<WeakReference<nn.Module<Tensor, Tensor>>> _earlier = [];
    private nn.Module<Tensor, Tensor> _module;
    private CarriedTensors _carried = null!;
    private IReadOnlyList<(IReadOnlyList<Tensor> Tensors, TensorSpec Place)> _trained = [],
        _copied = [];
    private IReadOnlyList<(Tensor Tensor, string Name)> _frozen = [];
    private HashSet<IntPtr> _handles = [];
    private bool _isProven;
    private bool? _trains;

    /// <param name="name">The model's name.</param>
    /// <param name="build">Builds the network.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="own">The model, where it is somebody's own and has starting values of its own; null for the usual
    /// ones.</param>
    /// <exception cref="ActorTrainException">It cannot be flattened; the message names the parameter.</exception>
    public FlatNetwork(string name, Func<nn.Module<Tensor, Tensor>> build, TorchDevice device, TorchModel? own = null)
    {
        (_build, _device, _own, _hasValuesOfItsOwn) = (build, device, own, own is not null);
        var module = RandomStream.Run(0, build);
        _module = module;
        // Then its starting values are known as well: nothing is frozen at values of its own.
        _isKnown = KnownLayers.AreAll(module) && module.parameters().All(parameter => parameter.requires_grad);
        CheckParts(name, module);
        Description = Flattening.Of(name, module);
        _parameters = new FlatVector(Description.Parameters.Length, device);
        _state = new FlatVector(Description.State.Length, device);
        HasForeignCode = !KnownLayers.AreAll(module) || own?.Loss is not null || own?.Metric is not null;
        MayDraw = HasForeignCode || KnownLayers.MayDraw(module);
        PrefersChannelsLast = !HasForeignCode && KnownLayers.PrefersChannelsLast(module);
        Adopt(module);
    }

    public ModelDescription Description { get; }

    /// <summary>Whether its forward, its loss or its metric may draw random numbers.</summary>
    public bool MayDraw { get; }

    /// <summary>Whether its forward, its loss or its metric is code of somebody's own, which may keep what it is
    /// given.</summary>
    public bool HasForeignCode { get; }

    /// <summary>Whether its images are better laid out with the channels of a pixel side by side.</summary>
    public bool PrefersChannelsLast { get; }

    public Memory<float> Parameters => _parameters.Memory;

    public Memory<float> State => _state.Memory;

    /// <summary>
    /// Starting values. A module with code of its own is built anew, so that nothing is left of what it did before, and
    /// its buffers are those of the seed.
    /// </summary>
    public void Initialize(long seed)
    {
        if (_hasValuesOfItsOwn || !_isKnown)
            BuildAgain(seed);
        if (_hasValuesOfItsOwn)
            return;
        StartingValues.Fill(Description.Parameters, Parameters.Span, seed);
        if (_isKnown)
            StartingValues.FillStatistics(Description.State, State.Span);
    }

    /// <summary>Scores in training mode, at the parameters in memory. Buffers move on the device.</summary>
    public Tensor ForwardToTrain(Tensor inputs)
    {
        _parameters.Send();
        SendState();
        // Once, as a plain loop does: a layer that its module has set to evaluation stays so.
        if (_trains != true)
            _module.train();
        _trains = true;
        var before = _isProven ? 0 : HashOfParameters();
        var outputs = _module.call(inputs);
        _carried.Keep();
        if (!_isProven)
            Prove(before);
        return outputs;
    }

    /// <summary>The gradient that a backward has left, and the buffers that its forward moved, into memory.</summary>
    /// <returns>The stretches that have no gradient; null where all have one.</returns>
    public IReadOnlyList<FlatRange>? Gather(Span<float> gradient)
    {
        List<FlatRange>? untouched = null;
        foreach (var (tensors, place) in _trained)
        {
            if (Gather(tensors, gradient.Slice(place.Offset, place.Length)))
                continue;
            untouched ??= [];
            if (untouched.Count > 0 && untouched[^1].End == place.Offset)
                untouched[^1] = untouched[^1] with { Length = untouched[^1].Length + place.Length };
            else
                untouched.Add(new FlatRange(place.Offset, place.Length));
        }
        if (_frozen.FirstOrDefault(frozen => frozen.Tensor.requires_grad) is { Name: { } thawed })
            throw new ActorTrainException(
                $"model {Description.Name}: its forward makes {thawed} trainable while it trains; "
                    + "what is trained is settled when the module is built"
            );
        _state.Fetch();
        foreach (var (tensors, place) in _copied)
            CopyTo(tensors[0], BytesOf(place));
        return untouched;
    }

    /// <summary>Forgets what a backward that failed has left.</summary>
    public void DropGradients()
    {
        foreach (var (tensors, _) in _trained)
        foreach (var tensor in tensors.Where(tensor => !tensor.IsInvalid))
            tensor.grad = null;
    }

    /// <summary>Makes ready to call <see cref="Evaluate"/> at the parameters and the state in memory.</summary>
    public void BeginEvaluation()
    {
        _parameters.Send();
        SendState();
        if (_trains != false)
            _module.eval();
        _trains = false;
    }

    /// <summary>Scores by the running statistics, which stay.</summary>
    public Tensor Evaluate(Tensor inputs)
    {
        var outputs = _module.call(inputs);
        _carried.Keep();
        return outputs;
    }

    public void Dispose()
    {
        _module.Dispose();
        // Their parameters are views of the vectors, whose memory stays for as long as one of them does.
        foreach (var earlier in _earlier)
            if (earlier.TryGetTarget(out var module))
                module.Dispose();
        _parameters.Dispose();
        _state.Dispose();
    }

    // A tensor in several places may have a gradient in each: TorchSharp makes another parameter of what its setter is
    // given.
    private static bool Gather(IReadOnlyList<Tensor> tensors, Span<float> values)
    {
        var any = false;
        foreach (var tensor in tensors)
        {
            using var gradient = tensor.grad;
            if (gradient is null)
                continue;
            using var dense = gradient.is_sparse ? gradient.to_dense() : gradient.alias();
            using var host = dense.cpu();
            using var contiguous = host.contiguous();
            var here = MemoryMarshal.Cast<byte, float>(contiguous.bytes);
            if (any)
                System.Numerics.Tensors.TensorPrimitives.Add(values, here, values);
            else
                here.CopyTo(values);
            any = true;
            // The next backward hands over a tensor of its own again.
            tensor.grad = null;
        }
        if (!any)
            values.Clear();
        return any;
    }

    private void BuildAgain(long seed)
    {
        var name = Description.Name;
        var module = RandomStream.Run(seed, _build);
        if (ReferenceEquals(module, _module))
            throw new ActorTrainException(
                $"model {name}: its factory gave the same module twice; it must build a new one each time"
            );
        // As it was made on the CPU, what is tied lies in one place.
        if (FirstTakenOver(module) is { } taken)
            throw new ActorTrainException(
                $"model {name}: its factory gave the same {taken} twice; it must make every layer and buffer anew each "
                    + "time"
            );
        CheckParts(name, module);
        if (FirstDifference(module, "its second module", "its first") is { } difference)
            throw new ActorTrainException(
                $"model {name}: its factory must build the same parameters each time; {difference}"
            );
        Adopt(module);
        // The one before is left to the collector, until the engine ends: it may share a layer without parameters with
        // this one.
        _earlier.Add(new WeakReference<nn.Module<Tensor, Tensor>>(_module));
        _module = module;
    }

    private string? FirstTakenOver(nn.Module module)
    {
        var mine = Flattening.AllOf(_module).Select(pair => pair.Tensor.Handle).ToHashSet();
        return Flattening.AllOf(module).FirstOrDefault(pair => mine.Contains(pair.Tensor.Handle)).Name;
    }

    private string? FirstDifference(nn.Module<Tensor, Tensor> module, string here, string there)
    {
        var description = Flattening.Of(Description.Name, module);
        return description.Parameters.FirstDifference(Description.Parameters, here, there)
            ?? description.State.FirstDifference(Description.State, here, there);
    }

    // Its values go into the vectors, and its tensors become views of them.
    private void Adopt(nn.Module<Tensor, Tensor> module)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        module.to(_device.Device);
        _trained = Flattening.TensorsAt(Description.Parameters, module);
        var kept = Flattening.TensorsAt(Description.State, module).Where(entry => entry.Place.Length > 0).ToList();
        _copied = [.. kept.Where(entry => entry.Place.Type != ElementType.F32)];
        foreach (var (tensors, place) in _trained)
            CopyTo(tensors[0], MemoryMarshal.AsBytes(Parameters.Span.Slice(place.Offset, place.Length)));
        foreach (var (tensors, place) in kept)
            CopyTo(tensors[0], BytesOf(place));
        _parameters.Send();
        _state.Send();
        foreach (var (tensors, place) in _trained)
        foreach (var tensor in tensors)
            tensor.set_(View(_parameters, place));
        foreach (var (tensors, place) in kept)
        foreach (var tensor in tensors.Skip(place.Type == ElementType.F32 ? 0 : 1))
            tensor.set_(place.Type == ElementType.F32 ? View(_state, place) : tensors[0]);
        _handles = [.. _trained.Concat(kept).SelectMany(entry => entry.Tensors).Select(tensor => tensor.Handle)];
        _frozen =
        [
            .. kept.Where(entry => entry.Tensors[0] is TorchSharp.Modules.Parameter)
                .Select(entry => (entry.Tensors[0], entry.Place.Name)),
        ];
        (_carried, _isProven, _trains) = (CarriedTensors.Of(module, _own?.Loss, _own?.Metric), _isKnown, null);
    }

    /// <summary>After its first forward a module must be what it was: a layer that is made there has no place in the
    /// vectors.</summary>
    private void Prove(ulong before)
    {
        if (Flattening.FirstBeside(Description, _module) is { } late)
            throw new ActorTrainException(
                $"model {Description.Name}: its forward makes {late} when it is called first; make it in the "
                    + "constructor, where every engine makes it from the job's seed"
            );
        CheckParts(Description.Name, _module);
        foreach (
            var (tensors, place) in Flattening
                .TensorsAt(Description.Parameters, _module)
                .Concat(Flattening.TensorsAt(Description.State, _module))
        )
            if (place.Length > 0 && !_handles.Contains(tensors[0].Handle))
                throw new ActorTrainException(
                    $"model {Description.Name}: its forward puts another tensor in the place of {place.Name}, which no "
                        + "other engine sees; change it in place, by copy_ or add_"
                );
        if (HashOfParameters() != before)
            throw new ActorTrainException(
                $"model {Description.Name}: its forward changes its parameters in place (a clamp, a renormalisation, "
                    + "max_norm); they are the shards', which would overwrite that: compute from a changed copy, or "
                    + "add it to the loss"
            );
        _isProven = true;
    }

    // On a device of its own memory, what a forward changes there is not seen here.
    private ulong HashOfParameters() => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(Parameters.Span));

    private void CheckParts(string name, nn.Module<Tensor, Tensor> module)
    {
        if (_isKnown && _own is null)
            return;
        // What a forward leaves behind may have a gradient; what a constructor does is computed once, and then no more.
        var isNew = !ReferenceEquals(module, _module) || _handles.Count == 0;
        if (
            (UnregisteredParts.FirstIn(module, isNew) ?? UnregisteredParts.FirstIn(module, "its loss", _own?.Loss)) is
            { } part
        )
            throw new ActorTrainException($"model {name}: {part}");
    }

    private Span<byte> BytesOf(TensorSpec place) =>
        MemoryMarshal.AsBytes(State.Span.Slice(place.Offset, place.Length))[..(place.Count * place.Type.Size())];

    private void SendState()
    {
        _state.Send();
        if (_copied.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (tensors, place) in _copied)
        {
            using var host = empty(tensors[0].shape, dtype: tensors[0].dtype);
            BytesOf(place).CopyTo(host.bytes);
            tensors[0].copy_(host);
        }
    }

    private static void CopyTo(Tensor tensor, Span<byte> bytes)
    {
        using var detached = tensor.detach();
        using var host = detached.cpu();
        using var contiguous = host.contiguous();
        contiguous.bytes.CopyTo(bytes);
    }

    private static Tensor View(FlatVector vector, TensorSpec place) =>
        vector.Tensor.narrow(0, place.Offset, place.Length).view([.. place.Shape]);
}
