using ActorTrain.Parameters;

namespace ActorTrain.Consistency;

/// <summary>A worker's progress.</summary>
/// <param name="Node">The worker's node.</param>
/// <param name="Clock">Gradients that it has finished; at its start the count of the slowest.</param>
/// <param name="FinishedAt">When it finished the last, on the scheduler's clock.</param>
/// <param name="Interval">Time that it needs for a gradient; zero where it is not known.</param>
public readonly record struct Pace(string Node, long Clock, TimeSpan FinishedAt, TimeSpan Interval);

/// <summary>
/// Decides how far a worker may be ahead of the slowest. The coordinator has one for a job, and calls it from one
/// thread at a time, whenever work is granted. One of your own is added by <c>Algorithms.AddConsistencyModel</c>. An
/// exception ends the job.
/// </summary>
public interface IConsistencyModel
{
    /// <summary>
    /// Clocks that a worker may be ahead of the slowest when it begins a gradient, ≥ 0; <see cref="long.MaxValue"/> for
    /// no bound. The slowest itself never waits.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="slowest">The slowest worker that trains; the same one where it is alone.</param>
    long MostAhead(Pace worker, Pace slowest);
}

/// <summary>Checks the settings of a job's consistency model.</summary>
internal static class ConsistencyChecks
{
    /// <summary>
    /// The first setting below <c>actortrain.job</c> that is not compatible with the others, and what it must be; null
    /// where all are compatible.
    /// </summary>
    /// <param name="options">The consistency model.</param>
    /// <param name="localSteps">The job's local steps.</param>
    /// <param name="payload">Its transfer dtype.</param>
    /// <param name="shards">Its shards; 0 while they are not counted.</param>
    internal static (string Setting, string Right)? IncompatibilityOf(
        ConsistencyOptions options,
        LocalStepsOptions localSteps,
        TransferDType payload,
        int shards
    )
    {
        const string at = "actortrain.job.",
            synchronous = "consistency.synchronous.",
            bounded = "consistency.bounded.";
        return options switch
        {
            { Mode: ConsistencyMode.Bounded, Bounded: { MaxStaleness: not 0 } bounds }
                when bounds.MaxStaleness < bounds.Staleness => (
                bounded + "max-staleness",
                $"0, or at least {at}{bounded}staleness, which is {bounds.Staleness}"
            ),
            { Mode: not ConsistencyMode.Synchronous } => null,
            { Synchronous: { GlobalBatchSize: > 0, BackupWorkers: > 0 } } => (
                synchronous + "global-batch-size",
                $"0 while {at}{synchronous}backup-workers is above 0: a step is then the first gradients, whatever "
                    + $"their samples"
            ),
            { Synchronous: { Deterministic: true, BackupWorkers: > 0 } } => (
                synchronous + "deterministic",
                $"off while {at}{synchronous}backup-workers is above 0: which gradients come first depends on timing"
            ),
            { Synchronous: { Deterministic: true, GlobalBatchSize: 0 } } => (
                synchronous + "deterministic",
                $"off while {at}{synchronous}global-batch-size is 0: a step then follows the number of workers"
            ),
            { Synchronous.BackupWorkers: > 0 } when shards > 1 => (
                "shards",
                $"0 or 1 while {at}{synchronous}backup-workers is above 0: each shard would close steps of its own"
            ),
            { Synchronous.Deterministic: true } when payload != TransferDType.F32 => (
                "transfer-dtype",
                $"f32 while {at}{synchronous}deterministic is on: rounding depends on which workers share a "
                    + "machine with a shard"
            ),
            { Synchronous.Deterministic: true } when localSteps.IsOn => (
                synchronous + "deterministic",
                "off while local-steps.steps is above 1: a worker's optimizer state depends on which parts it computed"
            ),
            { Synchronous.BackupWorkers: > 0 } when localSteps.IsOn => (
                synchronous + "backup-workers",
                "0 while local-steps.steps is above 1: a run of local steps cannot be abandoned"
            ),
            _ when localSteps is { IsOn: true, FollowSpeed: true } => (
                "local-steps.follow-speed",
                "off while consistency.name is synchronous: a step waits for all workers anyway"
            ),
            _ => null,
        };
    }
}
