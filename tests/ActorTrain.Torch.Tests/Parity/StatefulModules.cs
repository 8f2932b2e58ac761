using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Parity;

// Modules as users write them: RegisterComponents finds their fields.
#pragma warning disable CA2213, IDE0044

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
