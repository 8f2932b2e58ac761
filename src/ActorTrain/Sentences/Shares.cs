namespace ActorTrain.Sentences;

/// <summary>
/// Rounds shares to whole percent without changing their sum, by the largest remainder: 1/3, 1/3, 1/3 are 34 %, 33 %,
/// 33 %.
/// </summary>
internal static class Shares
{
    /// <summary>The percentages, in the order of the parts.</summary>
    /// <param name="parts">Each 0 to 1; their sum is usually 1, or 0 where nothing is done yet. NaN counts as
    /// 0.</param>
    public static IReadOnlyList<int> InPercent(IReadOnlyList<double> parts)
    {
        var exact = parts.Select(part => double.IsFinite(part) ? Math.Clamp(part, 0, 1) * 100 : 0).ToArray();
        // Tolerates rounding errors of a double.
        var percent = exact.Select(part => (int)Math.Floor(part + 1e-9)).ToArray();
        var missing = (int)Math.Round(exact.Sum()) - percent.Sum();
        var places = Enumerable.Range(0, exact.Length).OrderByDescending(place => exact[place] - percent[place]);
        foreach (var place in places.Take(Math.Max(0, missing)))
            percent[place]++;
        return percent;
    }
}
