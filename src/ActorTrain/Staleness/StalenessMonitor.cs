using ActorTrain.Sentences;

namespace ActorTrain.Staleness;

/// <summary>How much work a worker gets.</summary>
internal enum WorkLevel
{
    /// <summary>Whole leases.</summary>
    Full,

    /// <summary>Short leases.</summary>
    Reduced,

    /// <summary>No leases; it only evaluates.</summary>
    EvaluationOnly,
}

/// <summary>
/// Decides how much work a worker with stale gradients gets. After <see cref="StalenessOptions.DemoteAfter"/> stale
/// leases in a row it gets shorter ones, so that its gradients are less stale; after as many more it only evaluates,
/// and gets short leases again after a rest. As many good leases in a row restore whole ones.
/// </summary>
/// <param name="options">When a worker is demoted.</param>
internal sealed class StalenessMonitor(StalenessOptions options)
{
    /// <summary>Factor on the length of short leases.</summary>
    public const double ReducedLease = 0.25;

    private readonly Dictionary<string, State> _workers = [];

    /// <summary>A change of a worker's level.</summary>
    /// <param name="Node">The worker.</param>
    /// <param name="Level">Its new level.</param>
    /// <param name="Demoted">Whether that is less than before.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Change(string Node, WorkLevel Level, bool Demoted, string Reason);

    /// <summary>A worker's level.</summary>
    public WorkLevel LevelOf(string node) => _workers.TryGetValue(node, out var state) ? state.Level : WorkLevel.Full;

    /// <summary>A lease has ended. It counts as stale when at least half of its pushes were refused as such.</summary>
    /// <param name="node">The worker.</param>
    /// <param name="tooStale">Pushes that were refused as too stale.</param>
    /// <param name="pushes">All its pushes.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    /// <param name="othersTrain">Whether other workers train: the last one always continues.</param>
    /// <returns>The change; null where there is none.</returns>
    public Change? LeaseEnded(string node, int tooStale, int pushes, TimeSpan now, bool othersTrain = true)
    {
        if (options.DemoteAfter == 0 || pushes == 0)
            return null;
        var state = _workers.GetValueOrDefault(node, new State(WorkLevel.Full, 0, 0, default));
        var isStale = 2 * tooStale >= pushes;
        state = isStale
            ? state with
            {
                Stale = state.Stale + 1,
                Good = 0,
            }
            : state with
            {
                Stale = 0,
                Good = state.Good + 1,
            };
        Change? change = null;
        if (
            state.Stale >= options.DemoteAfter
            && state.Level < (othersTrain ? WorkLevel.EvaluationOnly : WorkLevel.Reduced)
        )
        {
            state = state with { Level = state.Level + 1, Stale = 0, RestsUntil = now + options.Rest };
            change = new Change(
                node,
                state.Level,
                true,
                $"{Plural.Format(options.DemoteAfter, "lease was", "leases in a row were")} mostly refused as too stale"
            );
        }
        else if (state.Good >= options.DemoteAfter && state.Level == WorkLevel.Reduced)
        {
            state = state with { Level = WorkLevel.Full, Good = 0 };
            change = new Change(
                node,
                state.Level,
                false,
                $"{Plural.Format(options.DemoteAfter, "lease was", "leases in a row were")} in time"
            );
        }
        _workers[node] = state;
        return change;
    }

    /// <summary>The workers whose rest is over, and that get leases again.</summary>
    public IReadOnlyList<Change> Rested(TimeSpan now)
    {
        var rested = _workers
            .Where(worker => worker.Value.Level == WorkLevel.EvaluationOnly && now >= worker.Value.RestsUntil)
            .Select(worker => worker.Key)
            .ToList();
        foreach (var node in rested)
            _workers[node] = new State(WorkLevel.Reduced, 0, 0, default);
        return
        [
            .. rested.Select(node => new Change(
                node,
                WorkLevel.Reduced,
                false,
                $"it has rested for {options.Rest.TotalSeconds:0.#} s"
            )),
        ];
    }

    private sealed record State(WorkLevel Level, int Stale, int Good, TimeSpan RestsUntil);
}
