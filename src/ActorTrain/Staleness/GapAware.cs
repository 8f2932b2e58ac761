using System.Numerics;
using System.Runtime.CompilerServices;
using ActorTrain.Parameters;

namespace ActorTrain.Staleness;

/// <summary>
/// Divides each element of a gradient by its gap (Barkai, Hakimi and Schuster 2020, "Gap-Aware Mitigation of Gradient
/// Staleness"): g ⊘ G with G = |w − w_bak| / C + 1, where w_bak are the weights that g was computed from. The gap is
/// the number of average updates that a parameter has moved since; a parameter that has not moved keeps its whole
/// gradient, however stale it is.
/// <para>
/// C is how far an average update moves the parameter, estimated as the authors' group does for SGD: by the root of the
/// running mean square of its steps, C = η_max·(√(A(t) / (1 − Γᵗ)) + ε) with A(t) = Γ·A(t−1) + (1 − Γ)·((w(t) − w(t−1))
/// / η(t))², from 0. A step is divided by its learning rate, so that it is the optimizer's direction for any optimizer,
/// and C takes the largest rate so far: as the rate falls, so does the penalty. Before the first update nothing is
/// penalized. Weight decay is the optimizer's and never stale, so it is not penalized. Costs a vector a shard. t counts
/// the shard's updates: for a parameter with a gradient in only few of them C is too small, and the penalty larger.
/// </para>
/// </summary>
/// <param name="options">Γ and ε.</param>
/// <param name="length">Parameters in the shard.</param>
internal sealed class GapAware(GapAwareOptions options, int length) : IGradientCompensation
{
    private readonly float[] _meanSquare = new float[length];
    private long _updates;
    private float _largestRate;

    public bool ComparesVersions => true;

    public IReadOnlyList<Memory<float>> State => [_meanSquare];

    public IReadOnlyList<double> Numbers
    {
        get => [_updates, _largestRate];
        set => (_updates, _largestRate) = ((long)value[0], (float)value[1]);
    }

    public void Compensate(in StaleGradient stale, Span<float> result)
    {
        var correction = _updates == 0 ? 1 : 1 - Math.Pow(options.Memory, _updates);
        Elementwise.Run(
            // A lower bound of C avoids 0/0 for a parameter that never moved.
            new Penalty(
                (float)(_largestRate / Math.Sqrt(correction)),
                Math.Max(_largestRate * (float)options.Epsilon, float.Epsilon),
                stale.Weight
            ),
            stale.Gradient,
            stale.Weights,
            stale.ComputedFrom,
            _meanSquare,
            result,
            stale.Touched
        );
    }

    public void Updated(
        ReadOnlySpan<float> before,
        ReadOnlySpan<float> after,
        float learningRate,
        ReadOnlySpan<FlatRange> touched
    )
    {
        // The schedule may begin and end at a rate of zero: there is no step then.
        if (!float.IsFinite(1 / learningRate))
            return;
        _updates++;
        _largestRate = Math.Max(_largestRate, learningRate);
        Elementwise.Run(
            new MeanSquare(options.Memory, 1 / learningRate),
            before,
            after,
            after,
            _meanSquare,
            _meanSquare,
            touched
        );
    }

    private readonly struct Penalty(float rate, float least, float weight) : IElementRule
    {
        private readonly Vector<float> _rate = new(rate),
            _least = new(least),
            _weight = new(weight);

        public static bool ChangesState => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> first,
            Vector<float> second,
            Vector<float> third,
            ref Vector<float> state
        )
        {
            var average = Vector.FusedMultiplyAdd(_rate, Vector.SquareRoot(state), _least);
            return first / (Vector.Abs(second - third) / average + Vector<float>.One) * _weight;
        }
    }

    private readonly struct MeanSquare(double memory, float perRate) : IElementRule
    {
        private readonly Vector<float> _memory = new((float)memory),
            _rest = new((float)(1 - memory)),
            _perRate = new(perRate);

        public static bool ChangesState => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> first,
            Vector<float> second,
            Vector<float> third,
            ref Vector<float> state
        )
        {
            var step = (second - first) * _perRate;
            return Vector.FusedMultiplyAdd(_rest * step, step, _memory * state);
        }
    }
}
