using TorchSharp;
using static TorchSharp.torch;

namespace ActorTrain.Torch.Tests.Engine;

/// <summary>
/// SGD with momentum in the operations of <c>torch.optim.SGD</c>. TorchSharp's own converts its numbers into scalars
/// that nothing keeps alive during a call: sometimes the garbage collector frees one during the call ("Unknown scalar
/// type").
/// </summary>
internal sealed class PlainSgd(float rate, float momentum) : IDisposable
{
    private readonly Scalar _step = -rate,
        _momentum = momentum;
    private readonly Dictionary<int, Tensor> _velocities = [];

    /// <summary>Updates tensor number <paramref name="index"/> in place.</summary>
    public void Step(int index, Tensor parameter, Tensor gradient)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (!_velocities.TryGetValue(index, out var velocity))
            _velocities.Add(index, velocity = zeros_like(gradient).DetachFromDisposeScope());
        velocity.mul_(_momentum).add_(gradient);
        parameter.add_(velocity, alpha: _step);
    }

    /// <summary>Updates every parameter of a module by its gradient, and clears the gradients.</summary>
    public void Step(nn.Module module)
    {
        foreach (var (index, parameter) in module.parameters().Index())
            Step(index, parameter, parameter.grad!);
        module.zero_grad();
    }

    public void Dispose()
    {
        foreach (var velocity in _velocities.Values)
            velocity.Dispose();
        _step.Dispose();
        _momentum.Dispose();
    }
}
