using ActorTrain.Job;
using ActorTrain.Lane;

namespace ActorTrain.Consistency;

/// <summary>Where a worker stands.</summary>
/// <param name="Node">The worker's node.</param>
/// <param name="Clock">Gradients that it has finished, counted from what the slowest had when it joined.</param>
/// <param name="FinishedAt">When it finished the last, on the scheduler's clock.</param>
/// <param name="Interval">Time that a gradient takes it; zero where that is not known.</param>
public readonly record struct Pace(string Node, long Clock, TimeSpan FinishedAt, TimeSpan Interval);

/// <summary>Decides how far a worker may be ahead of the slowest.</summary>
public interface IConsistency
{
    /// <summary>Clocks that a worker may be ahead of the slowest when it begins a gradient.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="slowest">The slowest that trains; the same where it is alone.</param>
    long MostAhead(Pace worker, Pace slowest);
}

/// <summary>Makes the consistency that a job asks for.</summary>
public static class ConsistencyModes
{
    /// <summary>
    /// How far workers may be apart; null where nobody waits for another's clock: in synchronous training shards decide
    /// who waits.
    /// </summary>
    public static IConsistency? Of(ConsistencyOptions options) =>
        options switch
        {
            { Mode: ConsistencyMode.Bounded, Bounded: var bounded } when bounded.Most > bounded.Staleness =>
                new DynamicBound(bounded.Staleness, bounded.Most),
            { Mode: ConsistencyMode.Bounded, Bounded: var bounded } => new FixedBound(bounded.Staleness),
            _ => null,
        };

    /// <summary>
    /// What of a consistency makes no sense, in itself or in a job: the setting below <c>actortrain.job</c>, and what
    /// it must be; null when all does.
    /// </summary>
    /// <param name="options">The consistency.</param>
    /// <param name="localSteps">The job's local steps.</param>
    /// <param name="payload">What its tensors travel as.</param>
    /// <param name="shards">Its shards; 0 while they are not counted.</param>
    internal static (string Setting, string Right)? Misfit(
        ConsistencyOptions options,
        LocalStepsOptions localSteps,
        PayloadType payload,
        int shards
    )
    {
        const string at = "actortrain.job.",
            synchronous = "consistency.synchronous.",
            bounded = "consistency.bounded.";
        return options switch
        {
            { Mode: ConsistencyMode.Bounded, Bounded: { Most: not 0 } bounds } when bounds.Most < bounds.Staleness => (
                bounded + "most",
                $"0, or at least {at}{bounded}staleness, which is {bounds.Staleness}"
            ),
            { Mode: not ConsistencyMode.Synchronous } => null,
            { Synchronous: { GlobalBatch: > 0, BackupWorkers: > 0 } } => (
                synchronous + "global-batch",
                $"0 while {at}{synchronous}backup-workers is above 0: a step is then the first gradients, whatever "
                    + $"their samples"
            ),
            { Synchronous: { Deterministic: true, BackupWorkers: > 0 } } => (
                synchronous + "deterministic",
                $"off while {at}{synchronous}backup-workers is above 0: which gradients come first is up to time"
            ),
            { Synchronous: { Deterministic: true, GlobalBatch: 0 } } => (
                synchronous + "deterministic",
                $"off while {at}{synchronous}global-batch is 0: a step then follows the number of workers"
            ),
            { Synchronous.BackupWorkers: > 0 } when shards > 1 => (
                "shards",
                $"0 or 1 while {at}{synchronous}backup-workers is above 0: each shard would close steps of its own"
            ),
            { Synchronous.Deterministic: true } when payload != PayloadType.F32 => (
                "payload",
                $"f32 while {at}{synchronous}deterministic is on: what is rounded depends on who is on one machine "
                    + $"with a shard"
            ),
            { Synchronous.Deterministic: true } when localSteps.IsOn => (
                synchronous + "deterministic",
                "off while local-steps.steps is above 1: a worker's own optimizer remembers what that worker has done"
            ),
            { Synchronous.BackupWorkers: > 0 } when localSteps.IsOn => (
                synchronous + "backup-workers",
                "0 while local-steps.steps is above 1: a run of local steps is not abandoned in the middle"
            ),
            _ when localSteps is { IsOn: true, FollowSpeed: true } => (
                "local-steps.follow-speed",
                "off while consistency.name is synchronous: a step waits for all in any case"
            ),
            _ => null,
        };
    }
}
