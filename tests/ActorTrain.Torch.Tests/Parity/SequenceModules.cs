using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Parity;

// Modules as users write them: RegisterComponents finds their fields.
#pragma warning disable CA2213, IDE0044

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
