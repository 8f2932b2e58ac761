using System.Threading.Channels;
using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Sentences;
using ActorTrain.Server;
using ActorTrain.Supervision;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>The client's end of a job: submits it, passes its progress on, and fetches the weights.</summary>
internal sealed class TrainingRunActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);
    private readonly ChannelWriter<JobProgress> _progress;
    private readonly ChannelWriter<SupervisionEvent> _events;
    private readonly TaskCompletionSource<bool> _accepted;
    private readonly TaskCompletionSource<TrainingResult> _result;
    private readonly HashSet<IActorRef> _subscribers = [];
    private readonly ITensorLane _lane;
    private readonly IActorRef _road;
    private IActorRef _job = ActorRefs.Nobody;
    private JobHistory _history = new();
    private JobProgress? _latest;
    private bool _canMove;
    private bool _stops;

    private sealed record OutOfPatience;

    /// <summary>Run → its actor: the weights as they are now.</summary>
    public sealed record TakeSnapshot(TaskCompletionSource<TrainedModel> Taken);

    /// <summary>Run → its actor: events go to this one, too.</summary>
    public sealed record Subscribe(IActorRef Subscriber, TaskCompletionSource<bool> Subscribed);

    public static Props Props(
        JobOptions job,
        IActorRef coordinator,
        ITensorLane lane,
        IActorRef road,
        ChannelWriter<JobProgress> progress,
        ChannelWriter<SupervisionEvent> events,
        TaskCompletionSource<bool> accepted,
        TaskCompletionSource<TrainingResult> result
    ) =>
        Akka.Actor.Props.Create(() =>
            new TrainingRunActor(job, coordinator, lane, road, progress, events, accepted, result)
        );

    public TrainingRunActor(
        JobOptions job,
        IActorRef coordinator,
        ITensorLane lane,
        IActorRef road,
        ChannelWriter<JobProgress> progress,
        ChannelWriter<SupervisionEvent> events,
        TaskCompletionSource<bool> accepted,
        TaskCompletionSource<TrainingResult> result
    )
    {
        (_lane, _road, _progress, _events, _accepted, _result) = (lane, road, progress, events, accepted, result);
        Submitting();
        if (!road.IsNobody())
            Context.Watch(road);
        Context.Watch(coordinator);
        coordinator.Tell(new ClientProtocol.Submit(job));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ProcessWatchActor.Gone));

    protected override void PostStop()
    {
        Fail("the client was closed");
        _progress.TryComplete();
        _events.TryComplete();
    }

    /// <summary>Without the road of its tensors the weights could never be fetched.</summary>
    private void OnTheRoad() =>
        Receive<Terminated>(
            _ => End("the ActorTrain node that its tensors travel through was stopped", trained: true),
            gone => gone.ActorRef.Equals(_road)
        );

    private void Submitting()
    {
        OnTheRoad();
        Receive<ClientProtocol.IJobRequest>(_ =>
            Sender.Tell(new ClientProtocol.Rejected("the job is not accepted yet"))
        );
        Receive<ClientProtocol.Accepted>(_ =>
        {
            _job = Sender;
            Context.Watch(_job);
            _accepted.TrySetResult(true);
            Become(Following);
        });
        Receive<ClientProtocol.Rejected>(rejected => End(rejected.Reason));
        Receive<Terminated>(_ => End("the coordinator went away"));
        Receive<ClientProtocol.Stop>(_ => EndStopped("the job was stopped before it was accepted"));
    }

    private void Following()
    {
        OnTheRoad();
        Receive<ClientProtocol.Progressed>(progressed =>
        {
            _canMove = progressed.CanMove;
            _latest = progressed.Progress;
            Follow(progressed.History);
        });
        Receive<ClientProtocol.Continued>(continued => Follow(continued.History));
        Receive<ClientProtocol.CheckLane>(check =>
            Context.ActorOf(LaneProbeActor.Props(_lane, check.Servers, bothWays: false))
        );
        Receive<LaneProbeActor.Passed>(_ => { });
        Receive<LaneProbeActor.Failing>(failing =>
            End($"this client could not fetch the weights: {failing.Reason}", trained: true)
        );
        Receive<ClientProtocol.Happened>(happened =>
        {
            _events.TryWrite(happened.Event);
            foreach (var subscriber in _subscribers)
                subscriber.Tell(happened.Event);
            // In the coordinator's own system it has been published already.
            if (!Sender.Path.Address.HasLocalScope)
                Context.System.EventStream.Publish(happened.Event);
        });
        Receive<Subscribe>(subscribe =>
        {
            _subscribers.Add(Context.Watch(subscribe.Subscriber));
            subscribe.Subscribed.TrySetResult(true);
        });
        Receive<ClientProtocol.IJobRequest>(request => _job.Forward(request));
        Receive<TakeSnapshot>(take => Context.ActorOf(SnapshotTakerActor.Props(_job, _lane, take.Taken)));
        Receive<ClientProtocol.Stop>(stop =>
        {
            _stops = true;
            _job.Tell(stop);
        });
        Receive<ClientProtocol.Finished>(finished => Become(() => Fetching(finished)));
        Receive<ClientProtocol.Failed>(failed =>
        {
            if (failed.Stopped)
                EndStopped(failed.Reason);
            else
                End($"the job failed: {failed.Reason}", failed.Trained);
        });
        Adoptable();
    }

    // A moment is shown with all of its history; of a long one that has to be fetched, later moments come meanwhile.
    private void Follow(HistoryPage page)
    {
        var isComplete = _history.Take(page);
        if (page.Entries.Length > 0 || !isComplete)
            _job.Tell(new ClientProtocol.Follow(_history.Count));
        if (!isComplete || _latest is not { } latest)
            return;
        _progress.TryWrite(latest with { CompletedEpochs = _history.Epochs, Events = _history.Events });
        _latest = null;
    }

    /// <summary>The coordinator may be lost, and another go on with the job.</summary>
    private void Adoptable()
    {
        Receive<ClientProtocol.Adopted>(_ =>
        {
            Timers.Cancel("adoption");
            Context.Unwatch(_job);
            _job = Context.Watch(Sender);
            // The last entries of the coordinator before may not be known to this one.
            _history = new JobHistory();
            // It may have been said to the one that was lost.
            if (_stops)
                _job.Tell(new ClientProtocol.Stop());
        });
        Receive<Terminated>(gone => gone.ActorRef.Equals(_job), _ => Lost());
        Receive<Terminated>(gone =>
        {
            _subscribers.Remove(gone.ActorRef);
        });
        // A client is no member of the cluster: it would wait for heartbeats for long.
        Receive<ProcessWatchActor.Gone>(gone =>
        {
            if (gone.Node == _job.Path.Address)
                Lost();
        });
        Receive<OutOfPatience>(_ =>
            End(
                $"the coordinator of the job is lost, and no other has gone on with it within "
                    + $"{Adoption.Patience.TotalSeconds:0} s",
                trained: true
            )
        );
    }

    private void Lost()
    {
        if (!_canMove)
            End("the coordinator of the job is lost, and no other node can go on with it", trained: true);
        else if (!Timers.IsTimerActive("adoption"))
            Timers.StartSingleTimer("adoption", new OutOfPatience(), Adoption.Patience);
    }

    private void Fetching(ClientProtocol.Finished finished)
    {
        var parameters = new float[finished.Model.Parameters.Length];
        var state = new float[finished.Model.State.Length];
        Context.ActorOf(SnapshotActor.Props(finished.Shards, finished.ModelState, _lane, parameters, state));
        OnTheRoad();
        Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job has ended")));
        Receive<SnapshotActor.Taken>(_ =>
        {
            var model = new TrainedModel(finished.Model, parameters, state) { Data = finished.Report.Data };
            var result = new TrainingResult(finished.Report, model, finished.Stopped);
            Become(() => TakingLeave(result));
        });
        Receive<SnapshotActor.Lost>(lost => End($"the weights could not be fetched: {lost.Reason}", trained: true));
        Receive<ClientProtocol.Stop>(_ => { });
        // The shards are there for a while yet, whoever is their coordinator; a job that was adopted says again that it
        // has finished.
        Receive<ClientProtocol.Finished>(_ => { });
        Receive<ClientProtocol.Adopted>(_ => _job = Context.Watch(Sender));
        Receive<Terminated>(_ => { });
    }

    /// <summary>Whoever has the result may submit the next job at once: so the cluster must be free before.</summary>
    private void TakingLeave(TrainingResult result)
    {
        Receive<Terminated>(_ => Deliver());
        // The word that all is fetched may be lost; then the job ends when this actor does.
        Receive<ReceiveTimeout>(_ => Deliver());
        ReceiveAny(_ => { });
        SetReceiveTimeout(FarewellPatience);
        _job.Tell(new ClientProtocol.Fetched());

        void Deliver()
        {
            _result.TrySetResult(result);
            Context.Stop(Self);
        }
    }

    private void End(string reason, bool trained = false)
    {
        Fail(reason, trained);
        Context.Stop(Self);
    }

    private void EndStopped(string reason)
    {
        Fail(new TrainingStoppedException(Sentence.Of(reason)));
        Context.Stop(Self);
    }

    private void Fail(string reason, bool trained = false)
    {
        var sentence = Sentence.Of(reason);
        Fail(trained ? new TrainingFailedException(sentence) : new ActorTrainException(sentence));
    }

    private void Fail(ActorTrainException failure)
    {
        _accepted.TrySetException(failure);
        _result.TrySetException(failure);
    }
}
