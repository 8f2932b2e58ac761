using System.Numerics;
using ActorTrain.Job;

namespace ActorTrain.Parameters;

/// <summary>
/// Stochastic gradient descent with momentum, in PyTorch's form: b ← μb + g, w ← w − η·b (Nesterov: w ← w − η·(g + μb)),
/// with weight decay added to g. Sutskever et al. 2013 discuss the forms.
/// </summary>
internal sealed class Sgd(OptimizerOptions options, int length) : IOptimizer
{
    private readonly float[] _momentum = options.Momentum > 0 ? new float[length] : [];

    public void Apply(Span<float> weights, ReadOnlySpan<float> gradient, float learningRate, float scale)
    {
        var width = Vector<float>.Count;
        var whole = weights.Length - weights.Length % width;
        Run(weights[..whole], gradient[..whole], _momentum.AsSpan(0, Math.Min(whole, _momentum.Length)), learningRate, scale);
        if (whole == weights.Length) return;

        // The tail goes through the same vector code, padded: an element's bits must not depend on its place.
        Span<float> w = stackalloc float[width], g = stackalloc float[width], b = stackalloc float[width];
        weights[whole..].CopyTo(w);
        gradient[whole..].CopyTo(g);
        if (_momentum.Length > 0) _momentum.AsSpan(whole).CopyTo(b);
        Run(w, g, _momentum.Length > 0 ? b : default, learningRate, scale);
        w[..(weights.Length - whole)].CopyTo(weights[whole..]);
        if (_momentum.Length > 0) b[..(weights.Length - whole)].CopyTo(_momentum.AsSpan(whole));
    }

    private void Run(Span<float> weights, ReadOnlySpan<float> gradient, Span<float> momentum, float learningRate, float scale)
    {
        var width = Vector<float>.Count;
        var step = new Vector<float>(-learningRate);
        var mu = new Vector<float>(options.Momentum);
        var decay = new Vector<float>(options.WeightDecay);
        var factor = new Vector<float>(scale);
        for (var i = 0; i < weights.Length; i += width)
        {
            var w = new Vector<float>(weights[i..]);
            var g = new Vector<float>(gradient[i..]) * factor;
            if (options.WeightDecay != 0) g = Vector.FusedMultiplyAdd(decay, w, g);
            if (momentum.Length > 0)
            {
                var b = mu * new Vector<float>(momentum[i..]) + g;
                b.CopyTo(momentum[i..]);
                g = options.Nesterov ? Vector.FusedMultiplyAdd(mu, b, g) : b;
            }
            Vector.FusedMultiplyAdd(step, g, w).CopyTo(weights[i..]);
        }
    }
}
