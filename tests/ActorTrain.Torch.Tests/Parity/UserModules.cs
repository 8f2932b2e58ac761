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

/// <summary>Buffers of many types: a permutation from the seed, a mask, a table, a counter, running means of two
/// precisions.</summary>
internal sealed class Buffered : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 16),
        _out = Linear(16, 4);

    public Buffered()
        : base(nameof(Buffered))
    {
        register_buffer("permutation", randperm(8, dtype: ScalarType.Int64));
        register_buffer("mask", rand(16) > 0.2);
        register_buffer("table", rand(16).to_type(ScalarType.Float16));
        register_buffer("calls", zeros(1, dtype: ScalarType.Int64));
        register_buffer("small", zeros(3, dtype: ScalarType.Int32));
        register_buffer("flags", ones(5, dtype: ScalarType.Byte));
        register_buffer("wide", zeros(16, dtype: ScalarType.Float64));
        register_buffer("mean", zeros(16));
        register_buffer("minus_infinity", full(3, float.NegativeInfinity));
        register_buffer("built_again", rand(8), persistent: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var hidden = _in.call(input.index_select(1, Buffer("permutation")) * Buffer("built_again")).relu();
        if (training)
        {
            using var _ = no_grad();
            Buffer("calls").add_(1);
            Buffer("small").add_(2);
            Buffer("mean").mul_(0.9f).add_(hidden.mean([0]), alpha: 0.1f);
            Buffer("wide").mul_(0.9).add_(hidden.mean([0]).to_type(ScalarType.Float64), alpha: 0.1);
        }
        hidden =
            (hidden - Buffer("mean")) * Buffer("mask") + Buffer("table") + Buffer("wide").to_type(ScalarType.Float32);
        return _out.call(hidden);
    }

    private Tensor Buffer(string name) => get_buffer(name)!;
}

/// <summary>A branch that no loss depends on, and one that is used in every third call.</summary>
internal sealed class Branching : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 16),
        _never = Linear(16, 16),
        _sometimes = Linear(16, 16),
        _out = Linear(16, 4);
    private int _calls;

    public Branching()
        : base(nameof(Branching)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var hidden = _in.call(input).relu();
        if (training && _calls++ % 3 == 1)
            hidden = hidden + _sometimes.call(hidden).relu();
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

/// <summary>A hidden state that is carried from call to call, and a counter, in plain fields.</summary>
internal sealed class Carrying : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 16),
        _out = Linear(16, 4);
    private Tensor? _carried;
    private int _calls;

    public Carrying()
        : base(nameof(Carrying)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var hidden = _in.call(input).relu();
        if (_carried is not null)
            hidden = hidden + 0.5 * _carried;
        if (training)
            _carried = hidden.mean([0], keepdim: true).detach();
        return _out.call(hidden / (1 + _calls++));
    }
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

/// <summary>A sequence, by LSTM or GRU.</summary>
internal sealed class Recurrent : Module<Tensor, Tensor>
{
    private readonly LSTM? _lstm;
    private readonly GRU? _gru;
    private readonly Linear _out = Linear(8, 4);

    public Recurrent(bool isLstm)
        : base(nameof(Recurrent))
    {
        if (isLstm)
            _lstm = LSTM(4, 8, batchFirst: true);
        else
            _gru = GRU(4, 8, batchFirst: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var states = _lstm is not null ? _lstm.call(input).Item1 : _gru!.call(input).Item1;
        return _out.call(states.select(1, states.shape[1] - 1));
    }
}

/// <summary>TorchSharp's own attention.</summary>
internal sealed class Attending : Module<Tensor, Tensor>
{
    private readonly MultiheadAttention _attention = MultiheadAttention(8, 2);
    private readonly LayerNorm _norm = LayerNorm(8);
    private readonly Linear _out = Linear(8, 4);

    public Attending()
        : base(nameof(Attending)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var sequence = input.transpose(0, 1);
        var (attended, _) = _attention.call(sequence, sequence, sequence, null!, false, null!);
        return _out.call(_norm.call(attended + sequence).mean([0]));
    }
}

/// <summary>A small GPT: token and position embeddings, causal attention with a mask of minus infinity, tied weights,
/// dropout.</summary>
internal sealed class Gpt : Module<Tensor, Tensor>
{
    private const int Vocabulary = 11,
        Length = 6,
        Width = 12;
    private readonly Embedding _tokens = Embedding(Vocabulary, Width),
        _positions = Embedding(Length, Width);
    private readonly ModuleList<Block> _blocks = ModuleList(new Block(), new Block());
    private readonly LayerNorm _norm = LayerNorm(Width);
    private readonly Linear _head = Linear(Width, Vocabulary, hasBias: false);

    public Gpt()
        : base(nameof(Gpt))
    {
        _head.weight = _tokens.weight!;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var tokens = input.to_type(ScalarType.Int64);
        var hidden = _tokens.call(tokens) + _positions.call(arange(tokens.shape[1]));
        foreach (var block in _blocks)
            hidden = block.call(hidden);
        return _head.call(_norm.call(hidden)).view(tokens.shape[0], -1);
    }

    /// <summary>The mean cross-entropy of the next tokens; targets are [n, length] f32.</summary>
    public static Tensor Loss(Tensor outputs, Tensor targets) =>
        functional.cross_entropy(outputs.view(-1, Vocabulary), targets.view(-1).to_type(ScalarType.Int64));

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly LayerNorm _first = LayerNorm(Width),
            _second = LayerNorm(Width);
        private readonly Linear _queries = Linear(Width, 3 * Width),
            _mixed = Linear(Width, Width),
            _up = Linear(Width, 4 * Width),
            _down = Linear(4 * Width, Width);
        private readonly Dropout _drop = Dropout(0.1);

        public Block()
            : base(nameof(Block))
        {
            register_buffer("mask", full(Length, Length, float.NegativeInfinity).triu(1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var parts = _queries.call(_first.call(input)).chunk(3, -1);
            var scores = parts[0].matmul(parts[1].transpose(1, 2)) / Math.Sqrt(Width) + get_buffer("mask")!;
            var hidden = input + _drop.call(_mixed.call(scores.softmax(-1).matmul(parts[2])));
            return hidden + _drop.call(_down.call(functional.gelu(_up.call(_second.call(hidden)))));
        }
    }
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

/// <summary>Some parameters are frozen.</summary>
internal sealed class Frozen : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 16),
        _out = Linear(16, 4);
    private readonly BatchNorm1d _norm = BatchNorm1d(16);

    public Frozen()
        : base(nameof(Frozen))
    {
        foreach (var parameter in _in.parameters())
            parameter.requires_grad = false;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _out.call(_norm.call(_in.call(input)).relu());
}

/// <summary>Keeps tensors in several kinds of fields from one call to the next.</summary>
internal sealed class Remembering : Module<Tensor, Tensor>
{
    private readonly Linear _in = Linear(8, 16),
        _out = Linear(16, 4);
    private readonly BatchNorm1d _norm = BatchNorm1d(16);
    private readonly Embedding _table = Embedding(8, 16, sparse: true);
    private readonly Dictionary<long, Tensor> _masks = [];
    private readonly Box _box = new();
    private readonly Module<Tensor, Tensor>[] _helpers;
    private readonly Func<Tensor, Tensor> _average;
    private readonly string _what;
    private Tensor? _last;
    private int _calls;

    public Remembering(string what)
        : base(nameof(Remembering))
    {
        _what = what;
        Tensor? mean = null;
        _average = values => mean = (mean is null ? values : 0.5 * mean + 0.5 * values).detach();
        var helper = Linear(8, 16);
        foreach (var parameter in helper.parameters())
            parameter.requires_grad = false;
        _helpers = [helper];
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        _calls++;
        if (_what == "evaluation" && _calls == 20)
            _norm.eval();
        var mixed = _last is null || _last.shape[0] != input.shape[0] ? input : 0.7 * input + 0.3 * _last;
        if (_what == "input")
            (_last, input) = (input, mixed);
        var hidden = _norm.call(_in.call(input));
        if (_what == "helper")
            hidden = hidden + _helpers[0].call(input);
        if (_what == "sparse")
            hidden = hidden + _table.call(input.argmax(1));
        if (_what == "anywhere")
        {
            if (!_masks.TryGetValue(input.shape[1], out var mask))
                _masks.Add(input.shape[1], mask = linspace(0.5, 1.5, 16));
            _box.Held = (hidden * mask).mean([0]).detach();
            hidden = hidden * mask - _average(_box.Held);
        }
        return _out.call(hidden.relu());
    }

    private sealed class Box
    {
        public Tensor? Held { get; set; }
    }
}
