using System.Numerics;
using System.Runtime.CompilerServices;
using ActorTrain.Parameters;

namespace ActorTrain.Staleness;

/// <summary>
/// Momentum that looks ahead, one for each worker (Hakimi et al. 2019, "Taming Momentum in a Distributed Asynchronous
/// Environment", DANA-Slim): v_i ← γ·v_i + g, and u = γ·v_i + g is applied by plain SGD, w ← w − η·u. γ is
/// <c>optimizer.momentum</c>, and the job's weight decay is part of g, as in SGD; the shard's own optimizer applies
/// neither. One worker alone is SGD with Nesterov's momentum, bit for bit. A worker's momentum includes only applied
/// gradients, and begins at zero with each incarnation. Costs a vector for each worker on every shard: N workers take
/// the memory of N models on the servers, beside the weights.
/// </summary>
/// <param name="optimizer">The job's optimizer; it must be compatible.</param>
/// <param name="length">Parameters in the shard.</param>
internal sealed class DanaSlim(Sgd optimizer, int length) : IGradientCompensation
{
    private readonly Dictionary<string, float[]> _momenta = [];

    public bool ComparesVersions => false;

    /// <summary>Why an optimizer is not compatible: "while …"; null where it is.</summary>
    public static string? IncompatibilityOf(OptimizerOptions optimizer) =>
        optimizer switch
        {
            not Sgd => "while the optimizer is not sgd: dana-slim is SGD's momentum, one for each worker",
            Sgd { Momentum: 0 } =>
                "while the optimizer's momentum is 0: dana-slim is that momentum, one for each worker",
            Sgd { Nesterov: true } => "while the optimizer's nesterov is on: dana-slim looks ahead by itself",
            _ => null,
        };

    /// <summary>The settings of the shard's own optimizer: a plain step.</summary>
    public static Sgd PlainStep(Sgd optimizer) => optimizer with { Momentum = 0, Nesterov = false, WeightDecay = 0 };

    public void Compensate(in StaleGradient stale, Span<float> result)
    {
        if (!_momenta.TryGetValue(stale.Worker, out var momentum))
            _momenta.Add(stale.Worker, momentum = new float[length]);
        Elementwise.Run(
            new Rule(optimizer, stale.Weight),
            stale.Gradient,
            stale.Weights,
            stale.Weights,
            momentum,
            result,
            stale.Touched
        );
    }

    public void Forget(string worker) => _momenta.Remove(worker);

    public void ForgetAll() => _momenta.Clear();

    // The same operations in the same order as SgdOptimizer's, for the same bits.
    private readonly struct Rule(Sgd optimizer, float weight) : IElementRule
    {
        private readonly Vector<float> _mu = new((float)optimizer.Momentum),
            _decay = new((float)optimizer.WeightDecay),
            _weight = new(weight);
        private readonly bool _decays = optimizer.WeightDecay != 0;

        public static bool ChangesState => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> first,
            Vector<float> second,
            Vector<float> third,
            ref Vector<float> state
        )
        {
            var g = first * _weight;
            if (_decays)
                g = Vector.FusedMultiplyAdd(_decay, second, g);
            state = _mu * state + g;
            return Vector.FusedMultiplyAdd(_mu, state, g);
        }
    }
}
