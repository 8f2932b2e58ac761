using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.Staleness;

namespace ActorTrain.Hosting;

/// <summary>A cluster's client: submits jobs, changes the running one, and asks for the status.</summary>
/// <remarks>
/// Every method throws a <see cref="ClusterUnreachableException"/> when the cluster has no coordinator or does not
/// answer in time, and an <see cref="ActorTrainException"/> when the cluster has another version.
/// </remarks>
public interface ITrainingClient : IAsyncDisposable
{
    /// <summary>Submits a job, and follows it. The job lives in the cluster: it goes on when this client goes away.
    /// While another job runs, it waits for its turn: see <see cref="JobOptions.Priority"/> and
    /// <see cref="JobOptions.After"/>.</summary>
    /// <exception cref="InvalidJobException">An option is invalid.</exception>
    /// <exception cref="ClusterBusyException">100 jobs wait already.</exception>
    Task<TrainingRun> SubmitAsync(JobOptions job, CancellationToken cancellation = default);

    /// <summary>Follows a job that runs or waits, or fetches the result of one that has ended.</summary>
    /// <param name="jobId">Its id, as in <see cref="TrainingRun.JobId"/> and <see cref="GetJobsAsync"/>.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="InvalidJobException">There is no such job.</exception>
    /// <exception cref="ActorTrainException">It has failed, or its result is not kept.</exception>
    Task<TrainingRun> AttachAsync(string jobId, CancellationToken cancellation = default);

    /// <summary>The jobs of the cluster: the one that runs, those that wait in the order of their turns, and those that
    /// have ended, newest first. Nodes keep the last 1,000, for <c>actortrain.state.keep-results</c>.</summary>
    /// <exception cref="ActorTrainException">The cluster did not answer in time.</exception>
    Task<IReadOnlyList<JobSummary>> GetJobsAsync(CancellationToken cancellation = default);

    /// <summary>The cluster's nodes and its job.</summary>
    /// <exception cref="ActorTrainException">The cluster did not answer in time.</exception>
    Task<ClusterStatus> GetStatusAsync(CancellationToken cancellation = default);

    /// <summary>The options of the job that has written a checkpoint. Submitted again, as they are or changed, the job
    /// goes on from it.</summary>
    /// <param name="resume">The checkpoint, as in <see cref="JobOptions.Resume"/>.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ActorTrainException">There is none that can be read, or the cluster did not answer in
    /// time.</exception>
    Task<JobOptions> GetCheckpointAsync(string resume, CancellationToken cancellation = default);

    /// <summary>How the running job treats stale gradients.</summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    Task<StalenessOptions> GetStalenessAsync(CancellationToken cancellation = default);

    /// <summary>Changes how the running job treats stale gradients, from now on.</summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    Task SetStalenessPolicyAsync(StalenessOptions staleness, CancellationToken cancellation = default);

    /// <summary>Changes some of the running job's settings below <c>actortrain.job.staleness</c>.</summary>
    /// <returns>All of these settings from now on.</returns>
    /// <exception cref="ActorTrainException">A setting is invalid, no job trains, or the cluster did not answer in
    /// time.</exception>
    Task<StalenessOptions> SetStalenessPolicyAsync(
        IEnumerable<SettingOverride> changes,
        CancellationToken cancellation = default
    );

    /// <summary>The running job's consistency model: how far its workers may drift apart.</summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    Task<ConsistencyOptions> GetConsistencyAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Changes the running job's consistency model from now on: see <see cref="TrainingRun.SetConsistencyAsync"/>.
    /// </summary>
    /// <returns>The consistency model from now on, with the global batch size as a number.</returns>
    /// <exception cref="ActorTrainException">The job does not fit it, no job trains, or the cluster did not answer in
    /// time.</exception>
    Task<ConsistencyOptions> SetConsistencyAsync(
        ConsistencyOptions consistency,
        CancellationToken cancellation = default
    );

    /// <summary>Changes some of the running job's settings below <c>actortrain.job.consistency</c>.</summary>
    /// <returns>All of these settings from now on.</returns>
    /// <exception cref="ActorTrainException">A setting is invalid, no job trains, or the cluster did not answer in
    /// time.</exception>
    Task<ConsistencyOptions> SetConsistencyAsync(
        IEnumerable<SettingOverride> changes,
        CancellationToken cancellation = default
    );

    /// <summary>
    /// Pauses the running job: workers finish their leases, and get no more until <see cref="ResumeAsync"/>. Pausing a
    /// paused job is no error.
    /// </summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    Task PauseAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Cancels a job of any client: pushes in flight are applied, and the clients that follow it get the result so far,
    /// as after <see cref="TrainingRun.Cancel"/>. Completes when the job has accepted that.
    /// </summary>
    /// <param name="jobId">Its id; empty for the one that runs.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ActorTrainException">It does not run or wait, or the cluster did not answer in
    /// time.</exception>
    Task CancelAsync(string jobId = "", CancellationToken cancellation = default);

    /// <summary>Resumes a paused job.</summary>
    /// <exception cref="ActorTrainException">No job trains, or the cluster did not answer in time.</exception>
    Task ResumeAsync(CancellationToken cancellation = default);
}
