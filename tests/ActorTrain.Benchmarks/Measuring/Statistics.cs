namespace ActorTrain.Benchmarks.Measuring;

/// <summary>Medians, percentiles, means and standard deviations.</summary>
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

    /// <summary>The nearest-rank percentile: the smallest value that at least this part of all do not exceed.</summary>
    /// <param name="values">The values; NaN where there are none.</param>
    /// <param name="part">The part, above 0 to 1.</param>
    public static double Percentile(this IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[(int)Math.Ceiling(part * sorted.Count) - 1];
    }

    /// <summary>The mean, and the sample standard deviation; 0 for a single value.</summary>
    public static (double Mean, double Deviation) Spread(this IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return (
            mean,
            values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1))
        );
    }
}
