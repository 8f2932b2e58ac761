using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;

namespace ActorTrain.Coordinator;

/// <summary>
/// Decides which of the jobs that wait is next: one that was interrupted, or else one of the highest priority, and of
/// those the one that was submitted first. One that is to follow another waits for that, and lets others pass.
/// </summary>
internal static class JobTurns
{
    /// <summary>The jobs in the order of their turns.</summary>
    public static IEnumerable<PendingJob> InOrder(IEnumerable<PendingJob> waiting) =>
        waiting
            .OrderByDescending(job => job.HasBegun)
            .ThenByDescending(job => job.Job.Priority)
            .ThenBy(job => job.Submission.At)
            .ThenBy(job => job.JobId, StringComparer.Ordinal);

    /// <summary>The job whose turn it is; null where all wait for another.</summary>
    /// <param name="waiting">The jobs that wait.</param>
    /// <param name="phaseOf">The phase of a job, by its id; null where there is none of this id.</param>
    public static PendingJob? Next(IEnumerable<PendingJob> waiting, Func<string, JobPhase?> phaseOf) =>
        InOrder(waiting).FirstOrDefault(job => job.HasBegun || IsFree(job.Job, phaseOf));

    /// <summary>Why a job can never begin, as a clause; null where it can: the one that it follows has no success. That
    /// nodes do not know yet what has become of it, is none.</summary>
    public static string? Hopeless(PendingJob job, Func<string, JobPhase?> phaseOf) =>
        job.HasBegun ? null : Failure(job.Job, phaseOf);

    /// <summary>Why a job is not accepted, as a clause; null where it is.</summary>
    public static string? RefusalOf(JobOptions job, Func<string, JobPhase?> phaseOf) =>
        job.After.Length > 0 && phaseOf(job.After) is null
            ? $"there is no job {job.After}, which it is to follow"
            : Failure(job, phaseOf);

    /// <summary>What a job waits for.</summary>
    /// <param name="job">The job.</param>
    /// <param name="waiting">The jobs that wait, this one among them.</param>
    /// <param name="running">The job that runs; null where none does.</param>
    /// <param name="phaseOf">The phase of a job, by its id; null where there is none of this id.</param>
    public static string Reason(
        PendingJob job,
        IReadOnlyCollection<PendingJob> waiting,
        JobSummary? running,
        Func<string, JobPhase?> phaseOf
    )
    {
        if (job.HasBegun)
            return "it was interrupted; waiting for nodes that have its shards or checkpoints";
        if (!IsFree(job.Job, phaseOf))
            return $"waiting for job {job.Job.After} to complete";
        var before = InOrder(waiting)
            .TakeWhile(other => other.JobId != job.JobId)
            .Count(other => other.HasBegun || IsFree(other.Job, phaseOf));
        var others = before == 0 ? "" : $"; {Plural.Format(before, "job")} before this one";
        return running is null
            ? "waiting for the nodes of the cluster to enrol" + others
            : $"job {running.JobId} ('{running.Job}') runs" + others;
    }

    private static string? Failure(JobOptions job, Func<string, JobPhase?> phaseOf) =>
        job.After.Length == 0
            ? null
            : phaseOf(job.After) switch
            {
                JobPhase.Failed => $"job {job.After}, which it is to follow, has failed",
                JobPhase.Canceled => $"job {job.After}, which it is to follow, was canceled",
                _ => null,
            };

    private static bool IsFree(JobOptions job, Func<string, JobPhase?> phaseOf) =>
        job.After.Length == 0 || phaseOf(job.After) == JobPhase.Completed;
}
