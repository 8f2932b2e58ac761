using System.Threading.Channels;
using ActorTrain.Consistency;
using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>A job that runs: follow it, stop it, take its result.</summary>
public sealed class TrainingRun
{
    private readonly IActorRef _run;
    private readonly ChannelReader<JobProgress> _progress;
    private readonly ChannelReader<SupervisionEvent> _events;

    internal TrainingRun(
        IActorRef run,
        ChannelReader<JobProgress> progress,
        ChannelReader<SupervisionEvent> events,
        Task<TrainingResult> completion
    ) => (_run, _progress, _events, Completion) = (run, progress, events, completion);

    /// <summary>
    /// The run as it goes on, about once a second; ends with the run. Can be enumerated once. Each brings the whole
    /// state: of those not read yet, the newest is kept.
    /// </summary>
    public IAsyncEnumerable<JobProgress> Progress => _progress.ReadAllAsync();

    /// <summary>
    /// What happens to the cluster, as it happens; ends with the run. Can be enumerated once. Any actor can have them,
    /// too: they are published on the event stream of the client's actor system and of the coordinator's.
    /// </summary>
    public IAsyncEnumerable<SupervisionEvent> Events => _events.ReadAllAsync();

    /// <summary>Completes with the result when the run has completed or was stopped.</summary>
    /// <exception cref="ActorTrainException">(through the task) The run failed; the message says why.</exception>
    /// <exception cref="TrainingStoppedException">(through the task) It was stopped before it had begun to train.
    /// </exception>
    public Task<TrainingResult> Completion { get; }

    /// <summary>
    /// Asks the run to end now: pushes in flight are applied, and <see cref="Completion"/> brings what there is.
    /// </summary>
    public void Stop() => _run.Tell(new ClientProtocol.Stop());

    /// <summary>Ends the run now, in order, and brings its result.</summary>
    /// <exception cref="ActorTrainException">The run failed, or had not begun to train.</exception>
    public Task<TrainingResult> StopAsync(CancellationToken cancellation = default)
    {
        Stop();
        return Completion.WaitAsync(cancellation);
    }

    /// <summary>
    /// Pauses the run: workers finish the leases that they hold, and no lease or evaluation is handed out until
    /// <see cref="ResumeAsync"/>. Completes when that is decided; the last pushes may still come. A lost coordinator
    /// does not end a pause.
    /// </summary>
    /// <exception cref="ActorTrainException">The run does not train yet, has ended, or does not answer.</exception>
    public Task PauseAsync(CancellationToken cancellation = default) =>
        RequestAsync(new ClientProtocol.Pause(), cancellation);

    /// <summary>Lets a run that is paused go on.</summary>
    /// <exception cref="ActorTrainException">The run does not train yet, has ended, or does not answer.</exception>
    public Task ResumeAsync(CancellationToken cancellation = default) =>
        RequestAsync(new ClientProtocol.Resume(), cancellation);

    /// <summary>Changes what is done about late gradients, from now on.</summary>
    /// <exception cref="ActorTrainException">The run does not train yet, has ended, or does not answer.</exception>
    public Task GovernAsync(StalenessOptions staleness, CancellationToken cancellation = default) =>
        RequestAsync(new ClientProtocol.Govern(staleness), cancellation);

    /// <summary>
    /// Changes how tightly the workers march, from now on: whatever has been gathered of a synchronous step is applied,
    /// and workers leave what they have not begun.
    /// </summary>
    /// <exception cref="ActorTrainException">The run does not train yet, has ended, or does not answer.</exception>
    public Task MarchAsync(ConsistencyOptions consistency, CancellationToken cancellation = default) =>
        RequestAsync(new ClientProtocol.March(consistency), cancellation);

    /// <summary>
    /// Sends every <see cref="SupervisionEvent"/> from now on to an actor, until it or the run ends. Completes when the
    /// first would be sent.
    /// </summary>
    /// <exception cref="ActorTrainException">The run has ended.</exception>
    public Task ForwardEventsToAsync(IActorRef subscriber, CancellationToken cancellation = default) =>
        AnswerAsync<bool>(subscribed => new TrainingRunActor.Subscribe(subscriber, subscribed), cancellation);

    /// <summary>
    /// The weights as they are now, while training goes on. Each shard's slice is of one version; two shards' may be of
    /// different ones.
    /// </summary>
    /// <exception cref="ActorTrainException">The run does not train yet, or has ended.</exception>
    public Task<TrainedModel> SnapshotAsync(CancellationToken cancellation = default) =>
        AnswerAsync<TrainedModel>(taken => new TrainingRunActor.TakeSnapshot(taken), cancellation);

    private async Task RequestAsync(ClientProtocol.IJobRequest request, CancellationToken cancellation)
    {
        var answer = _run.Ask<object>(request, JobAnswer.Patience, cancellation);
        try
        {
            // What has ended does not answer.
            await Task.WhenAny(answer, Completion).ConfigureAwait(false);
            if (!answer.IsCompleted)
                throw new ActorTrainException("The run has ended.");
            JobAnswer.Granted(await answer.ConfigureAwait(false));
        }
        catch (AskTimeoutException silence)
        {
            throw JobAnswer.None(silence);
        }
    }

    private async Task<T> AnswerAsync<T>(Func<TaskCompletionSource<T>, object> question, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _run.Tell(question(answer));
        // What has ended does not answer.
        await Task.WhenAny(answer.Task, Completion).WaitAsync(cancellation).ConfigureAwait(false);
        return answer.Task.IsCompleted
            ? await answer.Task.ConfigureAwait(false)
            : throw new ActorTrainException("The run has ended.");
    }
}

/// <summary>What a run leaves behind.</summary>
/// <param name="Report">What happened.</param>
/// <param name="Model">The weights.</param>
/// <param name="Stopped">Whether the run was stopped before its last epoch.</param>
public sealed record TrainingResult(TrainingReport Report, TrainedModel Model, bool Stopped);

/// <summary>A model with its trained values.</summary>
/// <param name="Description">Name and layouts.</param>
/// <param name="Parameters">[<c>Description.Parameters.Length</c>] f32.</param>
/// <param name="State">[<c>Description.State.Length</c>] f32.</param>
public sealed record TrainedModel(
    ModelDescription Description,
    ReadOnlyMemory<float> Parameters,
    ReadOnlyMemory<float> State
)
{
    /// <summary>The data set that it was trained on; null for a model that comes from no run.</summary>
    public DatasetSummary? Data { get; init; }
}
