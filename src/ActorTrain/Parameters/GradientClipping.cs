using System.Numerics;

namespace ActorTrain.Parameters;

/// <summary>Gradient clipping by global norm (Pascanu et al. 2013).</summary>
internal static class GradientClipping
{
    /// <summary>Scales a gradient down where its L2 norm is above a limit.</summary>
    /// <param name="gradient">The whole gradient, with the slices of all shards.</param>
    /// <param name="clipNorm">Largest norm allowed; 0 for no clipping.</param>
    public static void Clip(Span<float> gradient, float clipNorm)
    {
        if (clipNorm <= 0)
            return;
        var norm = Norm(gradient);
        if (!(norm > clipNorm))
            return;
        // PyTorch's clip_grad_norm_ adds 1e-6 to the norm as well: results stay comparable.
        var factor = (float)(clipNorm / (norm + 1e-6));
        foreach (ref var element in gradient)
            element *= factor;
    }

    /// <summary>The L2 norm, summed in double precision.</summary>
    public static double Norm(ReadOnlySpan<float> vector)
    {
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i <= vector.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(vector[i..]), out var low, out var high);
            sums += low * low + high * high;
        }
        var sum = Vector.Sum(sums);
        for (; i < vector.Length; i++)
            sum += (double)vector[i] * vector[i];
        return Math.Sqrt(sum);
    }
}
