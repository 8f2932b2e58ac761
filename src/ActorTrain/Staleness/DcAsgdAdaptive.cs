using System.Numerics;
using System.Runtime.CompilerServices;

namespace ActorTrain.Staleness;

/// <summary>
/// Delay compensation with a factor of its own for each parameter (Zheng et al. 2017, "Asynchronous Stochastic Gradient
/// Descent with Delay Compensation", DC-ASGD-a): as <see cref="DcAsgd"/>, with λ_t = λ₀ / √(MeanSquare(t) + ε) and
/// MeanSquare(t) = m·MeanSquare(t−1) + (1−m)·g⊙g over all gradients that this shard has applied, from 0. So the
/// compensation scales with the gradient. Costs a vector a shard.
/// </summary>
/// <param name="options">λ₀, m and ε.</param>
/// <param name="length">Parameters in the shard.</param>
internal sealed class DcAsgdAdaptive(DcAsgdAdaptiveOptions options, int length) : IGradientCompensation
{
    private readonly float[] _meanSquare = new float[length];

    public bool ComparesVersions => true;

    public IReadOnlyList<Memory<float>> State => [_meanSquare];

    public void Compensate(in StaleGradient stale, Span<float> result) =>
        Elementwise.Run(
            new Rule(options, stale.Weight),
            stale.Gradient,
            stale.Weights,
            stale.ComputedFrom,
            _meanSquare,
            result,
            stale.Touched
        );

    private readonly struct Rule(DcAsgdAdaptiveOptions options, float weight) : IElementRule
    {
        private readonly Vector<float> _lambda = new((float)options.Lambda),
            _memory = new((float)options.Memory),
            _epsilon = new((float)options.Epsilon),
            _weight = new(weight);

        // In double precision, as in Adam: in single precision 1 − 0.999 would be off by 1e-5.
        private readonly Vector<float> _rest = new((float)(1 - options.Memory));

        public static bool ChangesState => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> first,
            Vector<float> second,
            Vector<float> third,
            ref Vector<float> state
        )
        {
            state = Vector.FusedMultiplyAdd(_rest * first, first, _memory * state);
            return DcAsgd.Expanded(_lambda / Vector.SquareRoot(state + _epsilon), first, second, third) * _weight;
        }
    }
}
