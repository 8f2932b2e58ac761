using ActorTrain.Parameters;

namespace ActorTrain.Torch.Models;

/// <summary>
/// The values that training starts from: PyTorch's defaults, from our own generator, so that they depend on the
/// seed and the layout alone. (PyTorch has one generator a process, which engines share.)
/// </summary>
/// <remarks>
/// A weight of two or more dimensions and its bias are uniform within ±1/√fan-in (He et al. 2015, with PyTorch's slope
/// √5). A weight of one dimension scales a normalisation and is 1; other biases are 0. Running variances are 1.
/// </remarks>
internal static class StartingValues
{
    /// <summary>Fills the parameters of a model.</summary>
    public static void Fill(ParameterLayout layout, Span<float> parameters, long seed)
    {
        var random = new SplitMix64(seed);
        var fanIn = layout
            .Tensors.Where(tensor => tensor.Shape.Count > 1)
            .ToDictionary(tensor => tensor.Name, tensor => tensor.Length / (int)tensor.Shape[0]);
        foreach (var tensor in layout.Tensors)
        {
            var values = parameters.Slice(tensor.Offset, tensor.Length);
            var weight = tensor.Name.EndsWith("bias", StringComparison.Ordinal)
                ? tensor.Name[..^4] + "weight"
                : tensor.Name;
            if (fanIn.TryGetValue(weight, out var inputs))
                FillUniform(values, 1 / MathF.Sqrt(inputs), ref random);
            else
                values.Fill(weight == tensor.Name ? 1 : 0);
        }
    }

    /// <summary>Fills the running statistics of a model: means and counters are 0, variances 1.</summary>
    public static void FillStatistics(ParameterLayout layout, Span<float> state)
    {
        foreach (var tensor in layout.Tensors)
            state
                .Slice(tensor.Offset, tensor.Length)
                .Fill(tensor.Name.EndsWith("running_var", StringComparison.Ordinal) ? 1 : 0);
    }

    private static void FillUniform(Span<float> values, float bound, ref SplitMix64 random)
    {
        foreach (ref var value in values)
            value = bound * (2 * random.NextFloat() - 1);
    }
}
