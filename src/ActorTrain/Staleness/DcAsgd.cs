using System.Numerics;
using System.Runtime.CompilerServices;

namespace ActorTrain.Staleness;

/// <summary>
/// Delay compensation with a constant factor (Zheng et al. 2017, "Asynchronous Stochastic Gradient Descent with Delay
/// Compensation", DC-ASGD-c): g + λ·g⊙g⊙(w − w_bak), where w_bak are the weights that g was computed from. It is the
/// gradient's Taylor expansion from w_bak to w, with λ·g⊙g in place of the Hessian's diagonal. An element for which
/// that overflows stays unchanged.
/// </summary>
/// <param name="options">λ.</param>
internal sealed class DcAsgd(DcAsgdOptions options) : IGradientCompensation
{
    public bool ComparesVersions => true;

    public void Compensate(in StaleGradient stale, Span<float> result) =>
        Elementwise.Run(
            new Rule((float)options.Lambda, stale.Weight),
            stale.Gradient,
            stale.Weights,
            stale.ComputedFrom,
            [],
            result,
            stale.Touched
        );

    /// <summary>
    /// g + λ·g⊙g⊙(w − w_bak), or g where that is not finite. The gap is an inner factor: nothing overflows where it is
    /// zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Expanded(
        Vector<float> lambda,
        Vector<float> gradient,
        Vector<float> weight,
        Vector<float> computedFrom
    )
    {
        var expanded = Vector.FusedMultiplyAdd(lambda * gradient, gradient * (weight - computedFrom), gradient);
        return Vector.ConditionalSelect(Vector.IsFinite(expanded), expanded, gradient);
    }

    private readonly struct Rule(float lambda, float weight) : IElementRule
    {
        private readonly Vector<float> _lambda = new(lambda),
            _weight = new(weight);

        public static bool ChangesState => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> first,
            Vector<float> second,
            Vector<float> third,
            ref Vector<float> state
        ) => Expanded(_lambda, first, second, third) * _weight;
    }
}
