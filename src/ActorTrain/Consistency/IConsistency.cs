using ActorTrain.Job;

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
    /// <summary>The consistency of some options.</summary>
    public static IConsistency Of(ConsistencyOptions options) => options switch
    {
        { Mode: ConsistencyMode.Bounded, Bounded: var bounded } when bounded.Most > bounded.Staleness => new DynamicBound(bounded.Staleness, bounded.Most),
        { Mode: ConsistencyMode.Bounded, Bounded: var bounded } => new FixedBound(bounded.Staleness),
        // Where training is synchronous, shards decide who waits.
        { Mode: ConsistencyMode.Asynchronous or ConsistencyMode.Synchronous } => new FixedBound(long.MaxValue),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Mode, "Unknown consistency."),
    };

    /// <summary>Why a consistency makes no sense with a job's local steps: the setting below <c>actortrain.job</c>, and what it must be; null when it does.</summary>
    internal static (string Setting, string Right)? Misfit(ConsistencyOptions options, LocalStepsOptions localSteps) =>
        options.Mode != ConsistencyMode.Synchronous || !localSteps.IsOn ? null
        : options.Synchronous.Deterministic
            ? ("consistency.synchronous.deterministic", "off while local-steps.steps is above 1: a worker's own optimizer remembers what that worker has done")
        : options.Synchronous.BackupWorkers > 0 ? ("consistency.synchronous.backup-workers", "0 while local-steps.steps is above 1: a run of local steps is not abandoned in the middle")
        : localSteps.FollowSpeed ? ("local-steps.follow-speed", "off while consistency.name is synchronous: a step waits for all in any case")
        : null;
}
