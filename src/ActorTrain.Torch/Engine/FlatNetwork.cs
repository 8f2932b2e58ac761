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
    // TorchSharp's generator is one a process: seeding it and building by it are one step.
    private static readonly Lock Seeding = new();

    private readonly nn.Module<Tensor, Tensor> _module;
    private readonly Func<nn.Module<Tensor, Tensor>>? _build;
    private readonly FlatVector _parameters, _state;
    private readonly List<(TorchSharp.Modules.Parameter Parameter, TensorSpec Place)> _places = [];

    // Batches counted by BatchNorm: integers in TorchSharp, which therefore cannot be views of floats.
    private readonly List<(Tensor Counter, int Offset)> _counters = [];

    /// <param name="name">The model's name.</param>
    /// <param name="module">The network; disposed with this.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="build">Builds the network again, for starting values of its own; null for the usual ones.</param>
    /// <exception cref="ActorTrainException">It cannot be flattened; the message names the parameter.</exception>
    public FlatNetwork(string name, nn.Module<Tensor, Tensor> module, TorchDevice device, Func<nn.Module<Tensor, Tensor>>? build = null)
    {
        (_module, _build) = (module, build);
        module.to(device.Device);
        var flat = Flattening.Of(name, module);
        Description = flat.Description;
        _parameters = new FlatVector(Description.Parameters.Length, device);
        _state = new FlatVector(Description.State.Length, device);

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (parameter, place) in flat.Trained.Zip(Description.Parameters.Tensors))
        {
            parameter.set_(View(_parameters, place));
            _places.Add((parameter, place));
        }
        foreach (var (kept, place) in flat.Kept.Zip(Description.State.Tensors))
        {
            if (kept.dtype == ScalarType.Float32) kept.set_(View(_state, place));
            else _counters.Add((kept, place.Offset));
        }
    }

    public ModelDescription Description { get; }

    public Memory<float> Parameters => _parameters.Memory;

    public Memory<float> State => _state.Memory;

    public void Initialize(long seed)
    {
        if (_build is null) StartingValues.Fill(Description, Parameters.Span, State.Span, seed);
        else BuildAgain(_build, seed);
    }

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

    /// <summary>A module of one's own has starting values of its own: they are those of another that is built from the seed.</summary>
    private void BuildAgain(Func<nn.Module<Tensor, Tensor>> build, long seed)
    {
        using var scope = NewDisposeScope();
        nn.Module<Tensor, Tensor> other;
        lock (Seeding)
        {
            manual_seed(seed);
            other = build();
        }
        if (ReferenceEquals(other, _module)) throw new ActorTrainException($"model {Description.Name}: its factory gave the same module twice; it must build a new one each time");
        using var module = other;
        var flat = Flattening.Of(Description.Name, other);
        if ((flat.Description.Parameters.FirstDifference(Description.Parameters, "its second module", "its first")
            ?? flat.Description.State.FirstDifference(Description.State, "its second module", "its first")) is { } difference)
            throw new ActorTrainException($"model {Description.Name}: its factory must build the same parameters each time; {difference}");
        Copy(flat.Trained, Description.Parameters, Parameters.Span);
        Copy(flat.Kept, Description.State, State.Span);
    }

    private static void Copy(IEnumerable<Tensor> tensors, ParameterLayout layout, Span<float> values)
    {
        foreach (var (tensor, place) in tensors.Zip(layout.Tensors))
        {
            using var floats = tensor.detach().to_type(ScalarType.Float32).cpu().contiguous();
            MemoryMarshal.Cast<byte, float>(floats.bytes).CopyTo(values.Slice(place.Offset, place.Length));
        }
    }

    private static Tensor View(FlatVector vector, TensorSpec place) =>
        vector.Tensor.narrow(0, place.Offset, place.Length).view([.. place.Shape]);
}
