using System.Numerics;
using System.Runtime.InteropServices;

namespace ActorTrain.Parameters;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019, algorithm 2), in PyTorch's form:
/// w ← w − (η/(1−β₁ᵗ))·m / (√v/√(1−β₂ᵗ) + ε).
/// </summary>
internal sealed class AdamOptimizer(Adam options, int length) : IOptimizer
{
    private readonly float[] _first = new float[length];
    private readonly float[] _second = new float[length];

    /// <summary>The steps that each element has taken.</summary>
    public StepCounts Steps { get; } = new(length);

    /// <summary>The first and the second moments.</summary>
    public IReadOnlyList<Memory<float>> State => [_first, _second];

    public void Apply(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        float learningRate,
        float scale,
        ReadOnlySpan<FlatRange> touched
    )
    {
        foreach (var (range, steps) in Steps.Step(touched))
        {
            Apply(
                weights.Slice(range.Offset, range.Length),
                updated.Slice(range.Offset, range.Length),
                gradient.Slice(range.Offset, range.Length),
                _first.AsSpan(range.Offset, range.Length),
                _second.AsSpan(range.Offset, range.Length),
                steps,
                learningRate,
                scale
            );
        }
    }

    private void Apply(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        Span<float> first,
        Span<float> second,
        long steps,
        float learningRate,
        float scale
    )
    {
        var width = Vector<float>.Count;
        var whole = weights.Length - weights.Length % width;
        Run(
            weights[..whole],
            updated[..whole],
            gradient[..whole],
            first[..whole],
            second[..whole],
            steps,
            learningRate,
            scale
        );
        var rest = weights.Length - whole;
        if (rest == 0)
            return;

        // The tail goes through the same vector code, padded: an element's bits must not depend on its position.
        Span<float> w = stackalloc float[width],
            g = stackalloc float[width],
            m = stackalloc float[width],
            v = stackalloc float[width];
        weights[whole..].CopyTo(w);
        gradient[whole..].CopyTo(g);
        first[whole..].CopyTo(m);
        second[whole..].CopyTo(v);
        Run(w, w, g, m, v, steps, learningRate, scale);
        w[..rest].CopyTo(updated[whole..]);
        m[..rest].CopyTo(first[whole..]);
        v[..rest].CopyTo(second[whole..]);
    }

    private void Run(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        Span<float> first,
        Span<float> second,
        long steps,
        float learningRate,
        float scale
    )
    {
        if (
            updated.Length != weights.Length
            || gradient.Length != weights.Length
            || first.Length != weights.Length
            || second.Length != weights.Length
        )
            throw new ArgumentException(
                $"Weights, gradient and state must be equally long: {weights.Length}, {gradient.Length}, "
                    + $"{first.Length}."
            );
        // In double precision, as in PyTorch: with the nearest single-precision number 1 − β would be off by 1e-5
        // (relative) for β₂ = 0.999.
        var (decay1, decay2) = (options.Beta1, options.Beta2);
        var (correction1, correction2) = (1 - Math.Pow(decay1, steps), Math.Sqrt(1 - Math.Pow(decay2, steps)));
        var (beta1, beta2) = (new Vector<float>((float)decay1), new Vector<float>((float)decay2));
        var (rest1, rest2) = (new Vector<float>((float)(1 - decay1)), new Vector<float>((float)(1 - decay2)));
        var step = new Vector<float>((float)(-learningRate / correction1));
        var root = new Vector<float>((float)correction2);
        var epsilon = new Vector<float>((float)options.Epsilon);
        var decay = new Vector<float>((float)options.WeightDecay);
        var shrink = new Vector<float>(1 - learningRate * (float)options.WeightDecay);
        var factor = new Vector<float>(scale);
        var (decoupled, decays) = (options is AdamW, options.WeightDecay != 0);
        // Lengths are checked above, and all are multiples of the width: the loop need not check them again at every
        // element.
        ref var from = ref MemoryMarshal.GetReference(weights);
        ref var to = ref MemoryMarshal.GetReference(updated);
        ref var gradients = ref MemoryMarshal.GetReference(gradient);
        ref var firsts = ref MemoryMarshal.GetReference(first);
        ref var seconds = ref MemoryMarshal.GetReference(second);
        for (nuint i = 0; i < (nuint)weights.Length; i += (nuint)Vector<float>.Count)
        {
            var w = Vector.LoadUnsafe(ref from, i);
            var g = Vector.LoadUnsafe(ref gradients, i) * factor;
            if (decoupled)
                w *= shrink;
            else if (decays)
                g = Vector.FusedMultiplyAdd(decay, w, g);
            var m = Vector.FusedMultiplyAdd(rest1, g, beta1 * Vector.LoadUnsafe(ref firsts, i));
            var v = Vector.FusedMultiplyAdd(rest2 * g, g, beta2 * Vector.LoadUnsafe(ref seconds, i));
            m.StoreUnsafe(ref firsts, i);
            v.StoreUnsafe(ref seconds, i);
            (w + step * m / (Vector.SquareRoot(v) / root + epsilon)).StoreUnsafe(ref to, i);
        }
    }
}
