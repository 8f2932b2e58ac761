using ActorTrain.Protocol;
using ActorTrain.Remedies;
using ActorTrain.Sentences;
using ActorTrain.Staleness;

namespace ActorTrain.Coordinator;

/// <summary>Watches the refused pushes of all workers: gradients that are not finite, and stale ones.</summary>
/// <param name="staleness">The staleness policy.</param>
internal sealed class GradientMonitors(StalenessOptions staleness)
{
    private readonly NonFiniteGradientMonitor _nonFinite = new();
    private readonly RejectionLog _refusals = new();
    private StalenessMonitor _staleness = new(staleness);

    /// <summary>What the end of a lease means for its worker and the job.</summary>
    /// <param name="Quarantined">Whether the worker is to be excluded.</param>
    /// <param name="Hopeless">Why the job cannot go on; null when it can.</param>
    /// <param name="Event">How the worker's work changes; null when it does not.</param>
    public readonly record struct Ended(bool Quarantined, string? Hopeless, EventDraft? Event);

    /// <summary>The work that a worker may get.</summary>
    public WorkLevel LevelOf(string node) => _staleness.LevelOf(node);

    /// <summary>Another staleness policy: stale gradients are counted from now on.</summary>
    public void SetStaleness(StalenessOptions changed) => _staleness = new StalenessMonitor(changed);

    /// <summary>A worker joins again.</summary>
    public void Forget(string node) => _nonFinite.Forget(node);

    /// <summary>A worker's lease has ended.</summary>
    public Ended LeaseEnded(string node, WorkerProtocol.LeaseEnded ended, TimeSpan now, bool othersTrain)
    {
        foreach (var group in ended.Refused.GroupBy(refused => refused.Refusal))
            _refusals.Add(
                node,
                group.Key,
                group.Count(),
                group.Sum(refused => refused.Part.Count),
                group.Last().Reason
            );
        var notFinite = ended.Refused.Where(refused => refused.Refusal == Refusal.NotFinite).ToList();
        var hopeless = notFinite.Where(refused => _nonFinite.IsHopeless(refused.Part)).ToList();
        var tooStale = ended.Refused.Count(refused => refused.Refusal == Refusal.TooStale);
        var pushes = ended.Account.Pushes;
        var change = _staleness.LeaseEnded(node, tooStale, pushes, now, othersTrain);
        return new Ended(
            _nonFinite.Quarantines(node, notFinite.Count, pushes - notFinite.Count),
            hopeless.Count == 0 ? null : HopelessReason(hopeless[0].Reason),
            change is { } changed ? LeaseEvents.Create(changed) : null
        );
    }

    /// <summary>Events about refused pushes that are due.</summary>
    public IEnumerable<EventDraft> RefusedPushes(TimeSpan now, bool all)
    {
        foreach (var refused in _refusals.Due(now, all))
            if (LeaseEvents.Create(refused) is { } draft)
                yield return draft;
    }

    /// <summary>Workers that get more work again.</summary>
    public IReadOnlyList<StalenessMonitor.Change> Rested(TimeSpan now) => _staleness.Rested(now);

    private static string HopelessReason(string reason) =>
        $"{reason}, in {Plural.Format(NonFiniteGradientMonitor.Attempts, "attempt")}: the data holds numbers that are "
        + "not finite, or training has diverged and needs a lower learning rate";
}
