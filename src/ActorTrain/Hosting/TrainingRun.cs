using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>A job that a client follows: see its progress, cancel it, get its result.</summary>
public sealed class TrainingRun
{
    private readonly IActorRef _run;
    private readonly Broadcast<JobProgress> _progress;
    private readonly Broadcast<SupervisionEvent> _events;

    internal TrainingRun(
        string jobId,
        JobOptions job,
        IActorRef run,
        Broadcast<JobProgress> progress,
        Broadcast<SupervisionEvent> events,
        Task<TrainingResult> completion
    ) => (JobId, Job, _run, _progress, _events, Completion) = (jobId, job, run, progress, events, completion);

    /// <summary>The job's id, unique in the cluster.</summary>
    public string JobId { get; }

    /// <summary>The job's options, as they were accepted.</summary>
    public JobOptions Job { get; }

    /// <summary>
    /// The run's progress, about once a second; ends with the run. Several readers may enumerate it, each from the
    /// latest progress on. Each item is the whole state: of those not read yet, only the newest is kept.
    /// </summary>
    public IAsyncEnumerable<JobProgress> Progress => _progress.ReadAllAsync();

    /// <summary>
    /// The events of the job's cluster; ends with the run. Several readers may enumerate them, each from the latest
    /// 1,024 on; a reader that falls further behind loses the oldest. The report has them all. They are also published
    /// on the event streams of the client's and the coordinator's actor systems.
    /// </summary>
    public IAsyncEnumerable<SupervisionEvent> Events => _events.ReadAllAsync();

    /// <summary>Completes with the result when the run has completed or was canceled.</summary>
    /// <exception cref="JobFailedException">(through the task) The run failed after it had begun to train.</exception>
    /// <exception cref="ActorTrainException">(through the task) It failed before; the message says why.</exception>
    /// <exception cref="JobCanceledException">(through the task) It was canceled before it had begun to
    /// train.</exception>
    public Task<TrainingResult> Completion { get; }

    /// <summary>
    /// Asks the run to end now: pushes in flight are applied, and <see cref="Completion"/> brings the result so far.
    /// </summary>
    public void Cancel() => _run.Tell(new ClientProtocol.Cancel());

    /// <summary>Cancels the run and waits for its result.</summary>
    /// <exception cref="ActorTrainException">The run failed, or had not begun to train.</exception>
    public Task<TrainingResult> CancelAsync(CancellationToken cancellation = default)
    {
        Cancel();
        return Completion.WaitAsync(cancellation);
    }

    /// <summary>
    /// Follows the job no more: the job goes on in its cluster, and <see cref="Completion"/> fails. Any client can
    /// attach to it by its id.
    /// </summary>
    public void Detach() => _run.Tell(new ClientActor.Detach());

    /// <summary>
    /// Pauses the run: workers finish their leases, and get no lease or evaluation until <see cref="ResumeAsync"/>.
    /// Completes when the job has accepted that; the last pushes may still come. The pause outlives a lost coordinator.
    /// </summary>
    /// <exception cref="ActorTrainException">The run does not train yet, has ended, or does not answer.</exception>
    public Task PauseAsync(CancellationToken cancellation = default) =>
        RequestAsync(new ClientProtocol.Pause(), cancellation);

    /// <summary>Resumes a paused run.</summary>
    /// <exception cref="ActorTrainException">The run does not train yet, has ended, or does not answer.</exception>
    public Task ResumeAsync(CancellationToken cancellation = default) =>
        RequestAsync(new ClientProtocol.Resume(), cancellation);

    /// <summary>Changes how the run treats stale gradients, from now on.</summary>
    /// <exception cref="ActorTrainException">The run does not train yet, has ended, or does not answer.</exception>
    public Task SetStalenessPolicyAsync(StalenessOptions staleness, CancellationToken cancellation = default) =>
        RequestAsync(new ClientProtocol.SetStaleness(staleness), cancellation);

    /// <summary>
    /// Changes the consistency model from now on. The gathered gradients of an open synchronous step are applied, and
    /// workers drop the ranges that they have not begun.
    /// </summary>
    /// <exception cref="ActorTrainException">The run does not train yet, has ended, or does not answer.</exception>
    public Task SetConsistencyAsync(ConsistencyOptions consistency, CancellationToken cancellation = default) =>
        RequestAsync(new ClientProtocol.SetConsistency(consistency), cancellation);

    /// <summary>
    /// Sends every <see cref="SupervisionEvent"/> from now on to an actor, until the actor or the run ends. Completes
    /// when the subscription has begun.
    /// </summary>
    /// <exception cref="ActorTrainException">The run has ended.</exception>
    public Task ForwardEventsToAsync(IActorRef subscriber, CancellationToken cancellation = default) =>
        AnswerAsync<bool>(subscribed => new ClientActor.Subscribe(subscriber, subscribed), cancellation);

    /// <summary>
    /// The weights as they are now, while training goes on. Each shard's slice has one version; versions may differ
    /// between shards.
    /// </summary>
    /// <exception cref="ActorTrainException">The run does not train yet, or has ended.</exception>
    public Task<TrainedModel> SnapshotAsync(CancellationToken cancellation = default) =>
        AnswerAsync<TrainedModel>(model => new ClientActor.FetchSnapshot(model), cancellation);

    private async Task RequestAsync(ClientProtocol.IJobRequest request, CancellationToken cancellation)
    {
        var answer = _run.Ask<object>(request, JobAnswer.Timeout, cancellation);
        try
        {
            // A run that has ended does not answer.
            await Task.WhenAny(answer, Completion).ConfigureAwait(false);
            if (!answer.IsCompleted)
                throw new ActorTrainException("The run has ended.");
            JobAnswer.EnsureAccepted(await answer.ConfigureAwait(false));
        }
        catch (AskTimeoutException timeout)
        {
            throw JobAnswer.Missing(timeout);
        }
    }

    private async Task<T> AnswerAsync<T>(Func<TaskCompletionSource<T>, object> question, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _run.Tell(question(answer));
        // A run that has ended does not answer.
        await Task.WhenAny(answer.Task, Completion).WaitAsync(cancellation).ConfigureAwait(false);
        return answer.Task.IsCompleted
            ? await answer.Task.ConfigureAwait(false)
            : throw new ActorTrainException("The run has ended.");
    }
}
