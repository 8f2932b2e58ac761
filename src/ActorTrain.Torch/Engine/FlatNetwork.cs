using System.Runtime.InteropServices;
using ActorTrain.Parameters;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Models;
using ActorTrain.Worker;
using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// A network whose parameters and running statistics are views into two flat vectors: what is received is what the next forward
/// reads. Gradients are left to backward, which hands over its own tensors, and gathered in one pass into the vector that is
/// sent: accumulating into views of it would clear, and then read and write, every element once more.
/// </summary>
internal sealed class FlatNetwork : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _module;
    private readonly FlatVector _parameters, _state;
    private readonly List<(TorchSharp.Modules.Parameter Parameter, TensorSpec Place)> _places = [];

    // Batches counted by BatchNorm: integers in TorchSharp, which therefore cannot be views of floats.
    private readonly List<(Tensor Counter, int Offset)> _counters = [];

    public FlatNetwork(string name, nn.Module<Tensor, Tensor> module, TorchDevice device)
    {
        _module = module;
        module.to(device.Device);
        var parameters = module.named_parameters().ToList();
        var buffers = module.named_buffers().Select(pair => (pair.name, Tensor: pair.buffer)).ToList();
        Description = new ModelDescription(name, LayoutOf(parameters.Select(pair => (pair.name, (Tensor)pair.parameter))), LayoutOf(buffers));
        _parameters = new FlatVector(Description.Parameters.Length, device);
        _state = new FlatVector(Description.State.Length, device);

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var ((_, parameter), place) in parameters.Zip(Description.Parameters.Tensors))
        {
            parameter.set_(View(_parameters, place));
            _places.Add((parameter, place));
        }
        foreach (var ((_, buffer), place) in buffers.Zip(Description.State.Tensors))
        {
            if (buffer.dtype == ScalarType.Float32) buffer.set_(View(_state, place));
            else _counters.Add((buffer, place.Offset));
        }
    }

    public ModelDescription Description { get; }

    public Memory<float> Parameters => _parameters.Memory;

    public Memory<float> State => _state.Memory;

    public void Initialize(long seed) => StartingValues.Fill(Description, Parameters.Span, State.Span, seed);

    /// <summary>Scores in training mode, at the parameters in memory. Running statistics move on the device.</summary>
    public Tensor ForwardToTrain(Tensor images)
    {
        _parameters.Send();
        _state.Send();
        foreach (var (counter, _) in _counters) counter.zero_();
        _module.train();
        return _module.call(images);
    }

    /// <summary>The gradient of a loss, and the running statistics that its forward moved, into memory.</summary>
    public void Backward(Tensor loss, Span<float> gradient)
    {
        loss.backward();
        foreach (var (parameter, place) in _places) Gather(parameter, gradient.Slice(place.Offset, place.Length));
        _state.Fetch();
        // Added, not copied: a state combined over workers may hold fractions, which an integer would lose.
        foreach (var (counter, offset) in _counters) State.Span[offset] += counter.item<long>();
    }

    /// <summary>Makes ready to call <see cref="Evaluate"/> at the parameters and the state in memory.</summary>
    public void BeginEvaluation()
    {
        _parameters.Send();
        _state.Send();
        _module.eval();
    }

    /// <summary>Scores by the running statistics, which stay.</summary>
    public Tensor Evaluate(Tensor images) => _module.call(images);

    public void Dispose()
    {
        _module.Dispose();
        _parameters.Dispose();
        _state.Dispose();
    }

    private static void Gather(TorchSharp.Modules.Parameter parameter, Span<float> values)
    {
        using var gradient = parameter.grad;
        if (gradient is null)
        {
            // A parameter that the loss does not depend on.
            values.Clear();
            return;
        }
        using var host = gradient.cpu();
        using var contiguous = host.contiguous();
        MemoryMarshal.Cast<byte, float>(contiguous.bytes).CopyTo(values);
        // The next backward hands over a tensor of its own again.
        parameter.grad = null;
    }

    private static ParameterLayout LayoutOf(IEnumerable<(string Name, Tensor Tensor)> tensors) =>
        ParameterLayout.Of(tensors.Select(pair => (pair.Name, (IReadOnlyList<long>)pair.Tensor.shape)));

    private static Tensor View(FlatVector vector, TensorSpec place) =>
        vector.Tensor.narrow(0, place.Offset, place.Length).view([.. place.Shape]);
}
