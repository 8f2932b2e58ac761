namespace ActorTrain.Consistency;

/// <summary>
/// A bound that moves between two (Zhao et al. 2019, "Dynamic stale synchronous parallel distributed training for deep
/// learning", algorithm 2): a worker that reaches the lower one gets r more clocks, at most the difference. r is the
/// number for which it would wait least: its predicted finishing time is then nearest to one of the slowest worker's.
/// </summary>
/// <param name="least">s_L, ≥ 0.</param>
/// <param name="most">s_U, at least <paramref name="least"/>.</param>
internal sealed class DynamicBound(int least, int most) : IConsistencyModel
{
    private readonly Dictionary<string, int> _extra = [];

    /// <inheritdoc/>
    public long MostAhead(Pace worker, Pace slowest)
    {
        // The extra clocks hold until the worker is below the lower bound again.
        if (worker.Clock - slowest.Clock < least)
            _extra.Remove(worker.Node);
        else if (!_extra.ContainsKey(worker.Node))
            _extra[worker.Node] = ChooseExtra(worker, slowest);
        return least + _extra.GetValueOrDefault(worker.Node);
    }

    private int ChooseExtra(Pace worker, Pace slowest)
    {
        if (worker.Interval <= TimeSpan.Zero || slowest.Interval <= TimeSpan.Zero)
            return 0;
        var (best, nearest) = (0, double.PositiveInfinity);
        for (var extra = 0; extra <= most - least; extra++)
        {
            var at = (worker.FinishedAt + extra * worker.Interval - slowest.FinishedAt) / slowest.Interval;
            // The slowest finishes 1, 2, 3 … of its intervals after its last gradient.
            var wait = Math.Abs(Math.Max(1, Math.Round(at)) - at);
            if (wait < nearest - 1e-9)
                (best, nearest) = (extra, wait);
        }
        return best;
    }
}
