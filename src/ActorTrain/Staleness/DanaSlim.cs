using System.Numerics;
using System.Runtime.CompilerServices;
using ActorTrain.Job;

namespace ActorTrain.Staleness;

/// <summary>
/// Momentum that looks ahead, for each worker its own (Hakimi et al. 2019, "Taming Momentum in a Distributed
/// Asynchronous Environment", DANA-Slim): v_i ← γ·v_i + g, and what is applied is u = γ·v_i + g by plain SGD, w ← w −
/// η·u. γ is <c>optimizer.momentum</c>, and the job's weight decay is part of g, as in SGD; the shard's own optimizer
/// applies neither. One worker alone is SGD with Nesterov's momentum, bit for bit. A worker's momentum knows only what
/// was applied, and begins anew with each of its lives. Costs a vector for each worker on every shard: N workers have
/// the model N times on the servers, beside the weights.
/// </summary>
/// <param name="optimizer">The job's optimizer; it must fit.</param>
/// <param name="length">Parameters in the shard.</param>
internal sealed class DanaSlim(OptimizerOptions optimizer, int length) : IGradientCompensation
{
    private readonly Dictionary<string, float[]> _momenta = [];

    public bool ComparesVersions => false;

    /// <summary>Why an optimizer does not fit: "while …"; null when it does.</summary>
    public static string? Misfit(OptimizerOptions optimizer) =>
        optimizer switch
        {
            { Kind: not OptimizerKind.Sgd } =>
                "while the optimizer is not sgd: dana-slim is SGD's momentum, one for each worker",
            { Momentum: 0 } => "while the optimizer's momentum is 0: dana-slim is that momentum, one for each worker",
            { Nesterov: true } => "while the optimizer's nesterov is on: dana-slim looks ahead by itself",
            _ => null,
        };

    /// <summary>What is left for the shard's own optimizer: a plain step.</summary>
    public static OptimizerOptions PlainStep(OptimizerOptions optimizer) =>
        optimizer with
        {
            Momentum = 0,
            Nesterov = false,
            WeightDecay = 0,
        };

    public void Compensate(in LateGradient late, Span<float> result)
    {
        if (!_momenta.TryGetValue(late.Worker, out var momentum))
            _momenta.Add(late.Worker, momentum = new float[length]);
        Elementwise.Run(
            new Rule(optimizer, late.Weight),
            late.Gradient,
            late.Weights,
            late.Weights,
            momentum,
            result,
            late.Touched
        );
    }

    public void Forget(string worker) => _momenta.Remove(worker);

    public void ForgetAll() => _momenta.Clear();

    // The same operations in the same order as Sgd's, for the same bits.
    private readonly struct Rule(OptimizerOptions optimizer, float weight) : IElementRule
    {
        private readonly Vector<float> _mu = new(optimizer.Momentum),
            _decay = new(optimizer.WeightDecay),
            _weight = new(weight);
        private readonly bool _decays = optimizer.WeightDecay != 0;

        public static bool ChangesState => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> first, Vector<float> second, Vector<float> third, ref Vector<float> state)
        {
            var g = first * _weight;
            if (_decays)
                g = Vector.FusedMultiplyAdd(_decay, second, g);
            state = _mu * state + g;
            return Vector.FusedMultiplyAdd(_mu, state, g);
        }
    }
}
