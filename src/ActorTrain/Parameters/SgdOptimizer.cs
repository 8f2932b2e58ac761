using System.Numerics;
using System.Runtime.InteropServices;

namespace ActorTrain.Parameters;

/// <summary>
/// Stochastic gradient descent with momentum, in PyTorch's form: b ← μb + g, w ← w − η·b (Nesterov: w ← w − η·(g +
/// μb)), with weight decay added to g. Sutskever et al. 2013 discuss the forms.
/// </summary>
internal sealed class SgdOptimizer(Sgd options, int length) : IOptimizer
{
    private readonly float[] _momentum = options.Momentum > 0 ? new float[length] : [];

    /// <summary>The momentum, where it has any.</summary>
    public IReadOnlyList<Memory<float>> State => options.Momentum > 0 ? [_momentum] : [];

    public void Apply(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        float learningRate,
        float scale,
        ReadOnlySpan<FlatRange> touched
    )
    {
        foreach (var range in touched)
        {
            Apply(
                weights.Slice(range.Offset, range.Length),
                updated.Slice(range.Offset, range.Length),
                gradient.Slice(range.Offset, range.Length),
                _momentum.Length == 0 ? [] : _momentum.AsSpan(range.Offset, range.Length),
                learningRate,
                scale
            );
        }
    }

    private void Apply(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        Span<float> momentum,
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
            momentum[..Math.Min(whole, momentum.Length)],
            learningRate,
            scale
        );
        var rest = weights.Length - whole;
        if (rest == 0)
            return;

        // The tail goes through the same vector code, padded: an element's bits must not depend on its position.
        Span<float> w = stackalloc float[width],
            g = stackalloc float[width],
            b = stackalloc float[width];
        weights[whole..].CopyTo(w);
        gradient[whole..].CopyTo(g);
        if (momentum.Length > 0)
            momentum[whole..].CopyTo(b);
        Run(w, w, g, momentum.Length > 0 ? b : default, learningRate, scale);
        w[..rest].CopyTo(updated[whole..]);
        if (momentum.Length > 0)
            b[..rest].CopyTo(momentum[whole..]);
    }

    private void Run(
        ReadOnlySpan<float> weights,
        Span<float> updated,
        ReadOnlySpan<float> gradient,
        Span<float> momentum,
        float learningRate,
        float scale
    )
    {
        if (
            updated.Length != weights.Length
            || gradient.Length != weights.Length
            || momentum.Length > 0 && momentum.Length != weights.Length
        )
            throw new ArgumentException(
                $"Weights, gradient and state must be equally long: {weights.Length}, {gradient.Length}, "
                    + $"{momentum.Length}."
            );
        // Lengths are checked above, and all are multiples of the width: the loop need not check them again at every
        // element.
        ref var from = ref MemoryMarshal.GetReference(weights);
        ref var to = ref MemoryMarshal.GetReference(updated);
        ref var gradients = ref MemoryMarshal.GetReference(gradient);
        ref var momenta = ref MemoryMarshal.GetReference(momentum);
        var step = new Vector<float>(-learningRate);
        var mu = new Vector<float>((float)options.Momentum);
        var decay = new Vector<float>((float)options.WeightDecay);
        var factor = new Vector<float>(scale);
        var (decays, remembers, nesterov) = (options.WeightDecay != 0, momentum.Length > 0, options.Nesterov);
        for (nuint i = 0; i < (nuint)weights.Length; i += (nuint)Vector<float>.Count)
        {
            var w = Vector.LoadUnsafe(ref from, i);
            var g = Vector.LoadUnsafe(ref gradients, i) * factor;
            if (decays)
                g = Vector.FusedMultiplyAdd(decay, w, g);
            if (remembers)
            {
                var b = mu * Vector.LoadUnsafe(ref momenta, i) + g;
                b.StoreUnsafe(ref momenta, i);
                g = nesterov ? Vector.FusedMultiplyAdd(mu, b, g) : b;
            }
            Vector.FusedMultiplyAdd(step, g, w).StoreUnsafe(ref to, i);
        }
    }
}
