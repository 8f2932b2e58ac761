namespace ActorTrain.Balancing;

/// <summary>
/// How many local steps each worker takes before it pushes, so that all push equally often (DyLU, "dynamic local
/// updates", Liu et al. 2024): Hᵢ = max(1, round(H·vᵢ / max v)). The fastest worker takes all of them, and a slow
/// worker's push is no staler than those of others.
/// </summary>
internal static class DynamicLocalSteps
{
    /// <summary>The steps of each worker, in order, each from 1 to <paramref name="steps"/>.</summary>
    /// <param name="samplesPerSecond">Throughputs; 0 where unknown, which counts as the average.</param>
    /// <param name="steps">Steps of the fastest worker, ≥ 1.</param>
    public static IReadOnlyList<int> Divide(IReadOnlyList<double> samplesPerSecond, int steps)
    {
        var known = samplesPerSecond.Where(speed => speed > 0).ToList();
        if (known.Count == 0)
            return [.. samplesPerSecond.Select(_ => steps)];
        var (mean, fastest) = (known.Average(), known.Max());
        return
        [
            .. samplesPerSecond.Select(speed =>
                Math.Max(
                    1,
                    (int)Math.Round(steps * (speed > 0 ? speed : mean) / fastest, MidpointRounding.AwayFromZero)
                )
            ),
        ];
    }
}
