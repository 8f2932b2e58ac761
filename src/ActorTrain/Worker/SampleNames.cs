using System.Globalization;

namespace ActorTrain.Worker;

/// <summary>Names training samples by their index in the data set.</summary>
internal static class SampleNames
{
    private const int MaxNamed = 64;

    /// <summary>Such as <c>training samples 3, 17, 204</c>; of many, the first.</summary>
    /// <param name="samples">Indices into the training set.</param>
    public static string Format(ReadOnlySpan<int> samples)
    {
        var indices = samples.ToArray();
        Array.Sort(indices);
        var named = string.Join(
            ", ",
            indices.Take(MaxNamed).Select(index => index.ToString(CultureInfo.InvariantCulture))
        );
        return $"training {(indices.Length == 1 ? "sample" : "samples")} {named}"
            + (indices.Length > MaxNamed ? $" and {indices.Length - MaxNamed} more" : "");
    }
}
