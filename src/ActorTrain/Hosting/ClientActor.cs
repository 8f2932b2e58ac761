using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using ActorTrain.Serialization;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using ActorTrain.Supervision;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>The client's end of a job: submits it, or attaches to one, and fetches the weights.</summary>
internal sealed class ClientActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);
    private readonly ClientOutput _output;
    private readonly JobEventStream _events;
    private readonly ITensorLane _lane;
    private readonly IActorRef _laneActor;
    private readonly JobLink _link;
    private readonly bool _isSubmitter;

    private sealed record FollowDue;

    /// <summary>Run → its actor: fetch the weights as they are now.</summary>
    public sealed record FetchSnapshot(TaskCompletionSource<TrainedModel> Result);

    /// <summary>Run → its actor: send events to this subscriber, too.</summary>
    public sealed record Subscribe(IActorRef Subscriber, TaskCompletionSource<bool> Subscribed);

    /// <summary>Run → its actor: follow the job no more; it goes on.</summary>
    public sealed record Detach;

    /// <param name="request">The job to submit, or to attach to: <see cref="ClientProtocol.Submit"/> or
    /// <see cref="ClientProtocol.Follow"/>.</param>
    /// <param name="coordinator">The coordinator.</param>
    /// <param name="contact">Finds the coordinator again.</param>
    /// <param name="lane">The lane that the weights come by.</param>
    /// <param name="laneActor">The lane's actor; Nobody where the lane cannot be stopped.</param>
    /// <param name="output">Where progress, events and the result go.</param>
    public static Props Props(
        IWireMessage request,
        IActorRef coordinator,
        ClusterContact contact,
        ITensorLane lane,
        IActorRef laneActor,
        ClientOutput output
    ) => Akka.Actor.Props.Create(() => new ClientActor(request, coordinator, contact, lane, laneActor, output));

    public ClientActor(
        IWireMessage request,
        IActorRef coordinator,
        ClusterContact contact,
        ITensorLane lane,
        IActorRef laneActor,
        ClientOutput output
    )
    {
        (_lane, _laneActor, _output) = (lane, laneActor, output);
        _isSubmitter = request is ClientProtocol.Submit;
        _link = new JobLink(contact, output, Context);
        _events = new JobEventStream(output, Context);
        Requesting(coordinator);
        if (!laneActor.IsNobody())
            Context.Watch(laneActor);
        Context.Watch(coordinator);
        coordinator.TellInPages(Context.System, request, Self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ProcessWatchActor.Gone));

    protected override void PostStop()
    {
        _link.Job.Tell(new ClientProtocol.Unfollow());
        _output.Close();
    }

    /// <summary>Without the lane the weights could never be fetched.</summary>
    private void EndWithLane(bool hasTrained = true) =>
        Receive<Terminated>(
            _ => End("the ActorTrain node that its tensors travel through was stopped", hasTrained),
            gone => gone.ActorRef.Equals(_laneActor)
        );

    private void Requesting(IActorRef coordinator)
    {
        EndWithLane(hasTrained: false);
        Receive<ClientProtocol.IJobRequest>(_ =>
            Sender.Tell(new ClientProtocol.Rejected("the job is not accepted yet"))
        );
        Receive<ClientProtocol.Accepted>(accepted =>
        {
            Context.Unwatch(coordinator);
            // A job that was submitted says so again when it knows that this client does.
            _link.Begin(accepted, Sender, isConfirmed: !_isSubmitter);
            Timers.StartPeriodicTimer(nameof(FollowDue), new FollowDue(), ClientProtocol.FollowInterval);
            Become(Following);
        });
        ReceiveEnd();
        Receive<ClientProtocol.Rejected>(rejected => End(() => _output.Reject(rejected)));
        Receive<Terminated>(_ => End(_output.LoseCoordinator));
        Receive<ClientProtocol.Cancel>(_ => End(() => _output.Cancel("the job was canceled before it was accepted")));
    }

    private void Following()
    {
        EndWithLane();
        Receive<ClientProtocol.Progressed>(progressed => _link.Progressed(progressed, Sender));
        Receive<ClientProtocol.Moving>(_ => _link.CanMove = true);
        Receive<ClientProtocol.HistoryContinued>(_link.Continued);
        Receive<ClientProtocol.CheckLane>(check =>
            Context.ActorOf(LaneProbeActor.Props(_lane, check.Servers, bothWays: false))
        );
        Receive<LaneProbeActor.Passed>(_ => { });
        Receive<LaneProbeActor.Failing>(failing =>
        {
            if (_isSubmitter)
                _link.Cancel();
            End($"this client could not fetch the weights: {failing.Reason}", hasTrained: true);
        });
        Receive<ClientProtocol.EventRaised>(raised => _events.Publish(raised.Event, Sender));
        Receive<Subscribe>(_events.Add);
        Receive<ClientProtocol.IJobRequest>(request => _link.Job.Forward(request));
        Receive<FetchSnapshot>(fetch => Context.ActorOf(SnapshotActor.Props(_link.Job, _lane, fetch.Result)));
        Receive<ClientProtocol.Cancel>(_ => _link.Cancel());
        ReceiveEnd();
        ReceiveChangesOfJob();
    }

    private void ReceiveDetach() =>
        Receive<Detach>(_ => End("this client follows the job no more; it goes on", hasTrained: true));

    private void ReceiveEnd()
    {
        ReceiveDetach();
        Receive<ClientProtocol.Finished>(finished =>
        {
            _link.Fetch(Sender);
            Become(() => Fetching(finished));
        });
        Receive<ClientProtocol.Failed>(failed =>
        {
            if (failed.IsCanceled)
                End(() => _output.Cancel(failed.Reason));
            else
                End($"the job failed: {failed.Reason}", failed.Trained);
        });
    }

    /// <summary>The coordinator may be lost, and another one adopt the job; or the cluster does not answer for a while.
    /// </summary>
    private void ReceiveChangesOfJob()
    {
        Receive<FollowDue>(_ =>
        {
            if (_link.Failure is { } failure)
                End(failure, hasTrained: true);
            else
                _link.Keep();
        });
        Receive<ClientProtocol.Adopted>(_ => _link.Follow(Sender));
        Receive<ClientProtocol.Accepted>(_ => _link.Accepted(Sender));
        Receive<ClusterContact.Found>(found => _link.Found(found.Coordinator));
        Receive<ClusterContact.NotFound>(_ => { });
        Receive<ClientProtocol.Rejected>(
            rejected => End(rejected.Reason, hasTrained: true),
            rejected => rejected.Kind == ClientProtocol.Rejection.NoResult
        );
        Receive<ClientProtocol.Rejected>(_ => _link.Unknown(), it => it.Kind == ClientProtocol.Rejection.Unknown);
        Receive<Terminated>(gone => gone.ActorRef.Equals(_link.Job), _ => LoseCoordinator());
        Receive<Terminated>(_events.Remove);
        // A client is no member of the cluster, and would wait long for missing heartbeats.
        Receive<ProcessWatchActor.Gone>(gone =>
        {
            if (gone.Node == _link.Job.Path.Address)
                LoseCoordinator();
        });
    }

    private void LoseCoordinator()
    {
        if (!_link.CanMove)
            End("the coordinator of the job is lost, and no other node can go on with it", hasTrained: true);
        else
            _link.Lose();
    }

    private void Fetching(ClientProtocol.Finished finished)
    {
        var (report, model, shards, buffers, isCanceled) = finished;
        var weights = Context.ActorOf(WeightsActor.Props(model, report.Data, shards, buffers, _lane));
        EndWithLane();
        Receive<FollowDue>(_ => _link.Keep());
        ReceiveDetach();
        Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job has ended")));
        Receive<TrainedModel>(
            trained => Become(() => Ending(new TrainingResult(report, trained, isCanceled))),
            _ => Sender.Equals(weights)
        );
        // A job that goes on from a copy of a lost shard, or is adopted, reports again that it has finished.
        Receive<PullActor.Lost>(
            lost =>
            {
                if (_link.FetchAgain(lost.Reason, isCanceled))
                    Become(Following);
                else
                    End($"the weights could not be fetched: {lost.Reason}", hasTrained: true);
            },
            _ => Sender.Equals(weights)
        );
        // The job repeats what it has told where it has not heard yet that this client fetches the weights.
        Receive<ClientProtocol.Finished>(
            again =>
            {
                Context.Stop(weights);
                _link.Fetch(Sender);
                Become(() => Fetching(again));
            },
            _ => !Sender.Equals(_link.Job)
        );
        Receive<ClientProtocol.Failed>(failed => End($"the job failed: {failed.Reason}", hasTrained: true));
        Receive<ClientProtocol.Adopted>(_ =>
        {
            _link.Follow(Sender);
            if (isCanceled)
                _link.Cancel();
        });
        ReceiveAny(_ => { });
    }

    /// <summary>
    /// Waits until the job has ended: a user who has the result may submit the next job at once.
    /// </summary>
    private void Ending(TrainingResult result)
    {
        ReceiveDetach();
        Receive<ClientProtocol.Closed>(_ => Deliver());
        // Either message may be lost, or another client may be slow to fetch the weights.
        Receive<ReceiveTimeout>(_ => Deliver());
        ReceiveAny(_ => { });
        Timers.Cancel(nameof(FollowDue));
        SetReceiveTimeout(EndTimeout);
        _link.Job.Tell(new ClientProtocol.WeightsFetched());

        void Deliver()
        {
            _output.Result.TrySetResult(result);
            Context.Stop(Self);
        }
    }

    private void End(string reason, bool hasTrained = false) => End(() => _output.Fail(reason, hasTrained));

    private void End(Action tell)
    {
        tell();
        Context.Stop(Self);
    }
}
