namespace ActorTrain.Consistency;

/// <summary>
/// A bound that moves between two (Zhao et al. 2019, "Dynamic stale synchronous parallel distributed training for deep
/// learning", algorithm 2): a worker that reaches the lower one gets r more clocks, with the r up to the difference for
/// which its waiting would end soonest: of its next finishing times, reckoned from its pace, the one that lies nearest
/// to one of the slowest's.
/// </summary>
/// <param name="least">s_L, ≥ 0.</param>
/// <param name="most">s_U, at least <paramref name="least"/>.</param>
public sealed class DynamicBound(int least, int most) : IConsistency
{
    private readonly Dictionary<string, int> _extra = [];

    /// <inheritdoc/>
    public long MostAhead(Pace worker, Pace slowest)
    {
        // What was allowed holds until the worker has fallen back to the lower bound.
        if (worker.Clock - slowest.Clock < least)
            _extra.Remove(worker.Node);
        else if (!_extra.ContainsKey(worker.Node))
            _extra[worker.Node] = Extra(worker, slowest);
        return least + _extra.GetValueOrDefault(worker.Node);
    }

    private int Extra(Pace worker, Pace slowest)
    {
        if (worker.Interval <= TimeSpan.Zero || slowest.Interval <= TimeSpan.Zero)
            return 0;
        var (best, nearest) = (0, double.PositiveInfinity);
        for (var extra = 0; extra <= most - least; extra++)
        {
            var at = (worker.FinishedAt + extra * worker.Interval - slowest.FinishedAt) / slowest.Interval;
            // The slowest finishes at 1, 2, 3 … of its intervals from its last.
            var wait = Math.Abs(Math.Max(1, Math.Round(at)) - at);
            if (wait < nearest - 1e-9)
                (best, nearest) = (extra, wait);
        }
        return best;
    }
}
