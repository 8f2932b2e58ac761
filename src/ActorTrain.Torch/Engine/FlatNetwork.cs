using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Models;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// A network whose parameters and buffers lie in two flat vectors, so that the next forward reads what was received
/// without a copy.
/// </summary>
internal sealed class FlatNetwork : IDisposable
{
    private readonly Func<nn.Module<Tensor, Tensor>> _build;
    private readonly bool _isKnown;
    private readonly TorchModel? _custom;
    private readonly TorchDevice _device;
    private readonly ModuleChecks _checks;
    private readonly FlatVector _parameters,
        _buffers;

    // Whether the forward, the loss or the metric may draw random numbers.
    private readonly bool _mayDraw;
    private readonly List<WeakReference<nn.Module<Tensor, Tensor>>> _earlier = [];
    private nn.Module<Tensor, Tensor> _module;
    private BoundTensors _tensors;
    private CarriedTensors _carried;
    private bool _isChecked;
    private bool? _isTraining;

    /// <param name="name">The model's name.</param>
    /// <param name="build">Builds the network.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="custom">The user's model, which has starting values of its own; null for one of the
    /// catalogue.</param>
    /// <exception cref="ActorTrainException">It cannot be flattened; the message names the parameter.</exception>
    public FlatNetwork(
        string name,
        Func<nn.Module<Tensor, Tensor>> build,
        TorchDevice device,
        TorchModel? custom = null
    )
    {
        (_build, _device, _custom) = (build, device, custom);
        _module = RandomStream.Run(0, build);
        var hasKnownLayers = KnownLayers.AreAll(_module);
        // A frozen parameter may have values of its own, which StartingValues cannot know.
        _isKnown = hasKnownLayers && _module.parameters().All(parameter => parameter.requires_grad);
        _checks = new ModuleChecks(name, custom, _isKnown);
        _checks.CheckParts(_module, isNew: true);
        Description = Flattening.Describe(name, _module);
        _parameters = new FlatVector(Description.Parameters.Length, device);
        _buffers = new FlatVector(Description.Buffers.Length, device);
        HasCustomCode = !hasKnownLayers || custom?.Loss is not null || custom?.Metric is not null;
        _mayDraw = HasCustomCode || KnownLayers.MayDraw(_module);
        PrefersChannelsLast = !HasCustomCode && KnownLayers.PrefersChannelsLast(_module);
        Bind(_module);
    }

    public ModelDescription Description { get; }

    /// <summary>Whether its forward, its loss or its metric is a user's code, which may keep the tensors that it is
    /// given.</summary>
    public bool HasCustomCode { get; }

    /// <summary>Whether its images are better laid out with the channels of a pixel side by side.</summary>
    public bool PrefersChannelsLast { get; }

    public Memory<float> Parameters => _parameters.Memory;

    public Memory<float> Buffers => _buffers.Memory;

    /// <summary>
    /// Sets the starting values. A user's module is built anew, so that it keeps no state of an earlier run and its
    /// buffers are those of the seed.
    /// </summary>
    public void Initialize(long seed)
    {
        var hasOwnValues = _custom is not null;
        if (hasOwnValues || !_isKnown)
            Rebuild(seed);
        if (hasOwnValues)
            return;
        StartingValues.Fill(Description.Parameters, Parameters.Span, seed);
        if (_isKnown)
            StartingValues.FillStatistics(Description.Buffers, Buffers.Span);
    }

    /// <summary>Runs something that calls the forward, the loss or the metric, with a seed for what it draws.</summary>
    public T Run<T>(long seed, Func<T> computes) => _mayDraw ? RandomStream.Run(seed, computes) : computes();

    /// <summary>Outputs in training mode, at the parameters in memory. Buffers change on the device.</summary>
    public Tensor ForwardToTrain(Tensor inputs)
    {
        _parameters.Send();
        _tensors.SendBuffers();
        // Once, as a plain loop does: a layer that its module has set to evaluation stays so.
        if (_isTraining != true)
            _module.train();
        _isTraining = true;
        var before = _isChecked ? 0 : HashParameters();
        var outputs = _module.call(inputs);
        _carried.Keep();
        if (_isChecked)
            return outputs;
        _checks.CheckAfterForward(_module, Description, _tensors, changesParameters: HashParameters() != before);
        _isChecked = true;
        return outputs;
    }

    /// <summary>Copies the gradient that a backward has left, and the buffers that its forward has changed, into
    /// memory.</summary>
    /// <returns>The ranges that have no gradient; null where all have one.</returns>
    public IReadOnlyList<FlatRange>? CollectGradient(Span<float> gradient)
    {
        var untouched = _tensors.CollectGradient(gradient);
        _checks.CheckFrozen(_tensors);
        _tensors.FetchBuffers();
        return untouched;
    }

    /// <summary>Removes the gradients that a failed backward has left.</summary>
    public void DropGradients() => _tensors.DropGradients();

    /// <summary>Prepares for <see cref="Evaluate"/> at the parameters and the buffers in memory.</summary>
    public void BeginEvaluation()
    {
        _parameters.Send();
        _tensors.SendBuffers();
        if (_isTraining != false)
            _module.eval();
        _isTraining = false;
    }

    /// <summary>Outputs in evaluation mode, which leaves the running statistics as they are.</summary>
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
        _buffers.Dispose();
    }

    private void Rebuild(long seed)
    {
        var module = RandomStream.Run(seed, _build);
        _checks.CheckRebuilt(module, _module, Description);
        Bind(module);
        // Not disposed of until the engine ends: the new module may share a layer without parameters with it.
        _earlier.Add(new WeakReference<nn.Module<Tensor, Tensor>>(_module));
        _module = module;
    }

    [MemberNotNull(nameof(_tensors), nameof(_carried))]
    private void Bind(nn.Module<Tensor, Tensor> module)
    {
        _tensors = new BoundTensors(module, Description, _device, _parameters, _buffers);
        _carried = CarriedTensors.Find(module, _custom?.Loss, _custom?.Metric);
        (_isChecked, _isTraining) = (_isKnown, null);
    }

    // A device with its own memory changes only its copy, which this does not see.
    private ulong HashParameters() => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(Parameters.Span));
}
