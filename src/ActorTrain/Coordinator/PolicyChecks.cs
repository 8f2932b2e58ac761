using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Staleness;

namespace ActorTrain.Coordinator;

/// <summary>
/// Checks policies that are requested for a training job: the client may be another build, or have set options in code.
/// </summary>
internal static class PolicyChecks
{
    /// <summary>Why a staleness policy is refused; null where it fits the job.</summary>
    public static string? RefusalOf(StalenessOptions staleness, JobOptions job) =>
        ErrorOf(() => JobOptionsReader.Check(staleness, job.ShardOptimizer));

    /// <summary>Why a consistency model is refused; null where it fits the job.</summary>
    /// <param name="consistency">The consistency model.</param>
    /// <param name="job">The job.</param>
    /// <param name="shards">The job's number of shards.</param>
    public static string? RefusalOf(ConsistencyOptions consistency, JobOptions job, int shards) =>
        ErrorOf(() => JobOptionsReader.Check(consistency))
        ?? (
            ConsistencyModes.IncompatibilityOf(consistency, job.LocalSteps, job.TransferDType, shards)
                is var (setting, right)
                ? $"its {setting} must be {right}"
                : null
        );

    private static string? ErrorOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ActorTrainException error)
        {
            return error.AsClause();
        }
    }
}
