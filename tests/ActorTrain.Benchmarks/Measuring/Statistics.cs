namespace ActorTrain.Benchmarks.Measuring;

/// <summary>The middle of some values, and how far they are apart.</summary>
internal static class Statistics
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        if (sorted.Count == 0)
            return double.NaN;
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The mean, and the standard deviation of a sample; 0 of a single value.</summary>
    public static (double Mean, double Deviation) Spread(this IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return (
            mean,
            values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1))
        );
    }
}
