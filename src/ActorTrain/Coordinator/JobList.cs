using ActorTrain.Job;
using ActorTrain.Protocol;

namespace ActorTrain.Coordinator;

/// <summary>The jobs of a cluster: the one that runs, and those that have ended, of this coordinator and of earlier
/// ones, as far as nodes know them.</summary>
internal sealed class JobList
{
    private const int Most = 1_000;
    private readonly Dictionary<string, JobSummary> _ended = [];

    /// <summary>The job that runs; null where there is none. How far it is, its progress says.</summary>
    public JobSummary? Running { get; private set; }

    public void Begin(PendingJob job) => Running = Summarize(job, JobPhase.WaitingForWorkers);

    /// <summary>A job that has not ended, before anything of it is known.</summary>
    public static JobSummary Summarize(PendingJob job, JobPhase phase, string reason = "") =>
        new(
            job.JobId,
            job.Job.Name,
            phase,
            reason,
            job.Submission.By,
            job.Submission.At,
            Ended: null,
            SamplesApplied: 0,
            SamplesExpected: 0
        );

    public void Progressed(JobProgress progress) =>
        Running = Running is null
            ? null
            : Running with
            {
                Phase = progress.Phase,
                Reason = progress.Reason,
                SamplesApplied = progress.SamplesApplied,
                SamplesExpected = progress.SamplesExpected,
            };

    /// <summary>A node has kept a job. One that runs has another coordinator since.</summary>
    public void Kept(JobSummary job)
    {
        if (job.JobId != Running?.JobId)
            Ended(job);
    }

    /// <summary>The job that runs has ended.</summary>
    public void Ended(JobSummary job)
    {
        if (Running?.JobId == job.JobId)
            Running = null;
        var keptBy = _ended.GetValueOrDefault(job.JobId)?.KeptBy ?? [];
        _ended[job.JobId] = job with { KeptBy = [.. keptBy.Union(job.KeptBy)] };
        if (_ended.Count > Most)
            _ended.Remove(_ended.Values.MinBy(known => known.Ended)!.JobId);
    }

    /// <summary>The job that runs, as one that has failed; null where there is none.</summary>
    public JobSummary? Fail(string reason, DateTimeOffset now) =>
        Running is null ? null : Running with { Phase = JobPhase.Failed, Reason = reason, Ended = now };

    /// <summary>The job that runs is interrupted.</summary>
    public void Interrupt() => Running = null;

    /// <summary>All jobs: the one that runs, those that wait for their turn, and those that have ended, the last one
    /// first.</summary>
    public IReadOnlyList<JobSummary> All(IEnumerable<JobSummary> queued) =>
        [.. Running is null ? [] : new[] { Running }, .. queued, .. _ended.Values.OrderByDescending(job => job.Ended)];

    /// <summary>A job that has ended; null where none of this id has.</summary>
    public JobSummary? FindEnded(string jobId) => _ended.GetValueOrDefault(jobId);

    /// <summary>Why a request to a job by its id cannot be met; null where the job runs, or none is named.</summary>
    public ClientProtocol.Rejected? RefusalOf(string jobId) =>
        jobId.Length == 0 || jobId == Running?.JobId ? null
        : _ended.ContainsKey(jobId) ? new($"job {jobId} has ended")
        : Unknown(jobId);

    public static ClientProtocol.Rejected Unknown(string jobId) =>
        new($"there is no job {jobId}; 'jobs' lists those that there are", ClientProtocol.Rejection.Unknown);
}
