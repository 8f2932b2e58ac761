using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Parity;

// Modules as users write them: RegisterComponents finds their fields.
#pragma warning disable CA2213, IDE0044

/// <summary>Dropout inside a custom module.</summary>
internal sealed class Dropping : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 16),
        _out = Linear(16, 4);
    private readonly Dropout _drop = Dropout(0.4);

    public Dropping()
        : base(nameof(Dropping)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _out.call(_drop.call(functional.relu(_in.call(input))));
}

/// <summary>Noise on the inputs, and a layer that is left out now and then (stochastic depth).</summary>
internal sealed class Noisy : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 16),
        _middle = Linear(16, 16),
        _out = Linear(16, 4);

    public Noisy()
        : base(nameof(Noisy)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var hidden = _in.call(training ? input + 0.1 * randn_like(input) : input).relu();
        if (!training || rand(1).item<float>() < 0.6)
            hidden = hidden + _middle.call(hidden).relu();
        return _out.call(hidden);
    }
}

/// <summary>A mixture of experts: the gate chooses one for the batch.</summary>
internal sealed class Experts : Module<Tensor, Tensor>
{
    private readonly Linear _gate = Linear(8, 4),
        _out = Linear(16, 4);
    private readonly ModuleList<Linear> _experts = ModuleList(
        Linear(8, 16),
        Linear(8, 16),
        Linear(8, 16),
        Linear(8, 16)
    );

    public Experts()
        : base(nameof(Experts)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var gates = _gate.call(input.mean([0])).softmax(0);
        var chosen = (int)gates.argmax(0).item<long>();
        return _out.call(_experts[chosen].call(input).relu() * gates[chosen]);
    }
}

/// <summary>One layer in two fields.</summary>
internal sealed class UsedTwice : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 8),
        _again,
        _out = Linear(8, 4);

    public UsedTwice()
        : base(nameof(UsedTwice))
    {
        _again = _in;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _out.call(_again.call(_in.call(input).relu()).relu());
}

/// <summary>Weights tied by TorchSharp's setter: another parameter over the same memory.</summary>
internal sealed class TiedBySetter : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 4),
        _out = Linear(8, 4);

    public TiedBySetter()
        : base(nameof(TiedBySetter))
    {
        _out.weight = _in.weight;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) =>
        _out.call(functional.linear(_in.call(input).relu(), _in.weight!.t()));
}

/// <summary>Convolutions, and views that a plain loop may take.</summary>
internal sealed class Viewing : Module<Tensor, Tensor>
{
    private readonly Conv2d _convolution = Conv2d(3, 6, kernel_size: 3, padding: 1);
    private readonly Linear _skip = Linear(3 * 6 * 6, 8),
        _out = Linear(6 * 6 * 6 + 8, 4);

    public Viewing()
        : base(nameof(Viewing)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var rows = input.view(input.shape[0], -1);
        var maps = _convolution.call(input).relu();
        return _out.call(cat([maps.view(maps.shape[0], -1), _skip.call(rows)], 1));
    }
}

/// <summary>Inputs of three dimensions that are not images.</summary>
internal sealed class Planes : Module<Tensor, Tensor>
{
    private readonly Linear _out = Linear(24, 4);

    public Planes()
        : base(nameof(Planes)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _out.call(input.view(-1, 24).relu());
}

/// <summary>A variational autoencoder: outputs hold reconstruction, mean and logarithm of the variance side by
/// side.</summary>
internal sealed class Vae : Module<Tensor, Tensor>
{
    private readonly Linear _encoder = Linear(8, 16),
        _mean = Linear(16, 3),
        _spread = Linear(16, 3),
        _decoder = Linear(3, 8);

    public Vae()
        : base(nameof(Vae)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var hidden = _encoder.call(input).relu();
        var (mean, spread) = (_mean.call(hidden), _spread.call(hidden));
        var latent = mean + randn_like(mean) * (0.5 * spread).exp();
        return cat([_decoder.call(latent), mean, spread], 1);
    }

    public static Tensor Loss(Tensor outputs, Tensor targets)
    {
        var (decoded, mean, spread) = (outputs.narrow(1, 0, 8), outputs.narrow(1, 8, 3), outputs.narrow(1, 11, 3));
        return functional.mse_loss(decoded, targets) - 0.05 * (1 + spread - mean.pow(2) - spread.exp()).mean();
    }
}
