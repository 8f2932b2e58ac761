using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Remedies;
using ActorTrain.Saving;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using ActorTrain.Supervision;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>The client's end of a job: submits it, passes its progress on, and fetches the weights.</summary>
internal sealed class ClientActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);
    private readonly ClientOutput _output;
    private readonly FollowedJob _followed = new();
    private readonly JobEventStream _events;
    private readonly ITensorLane _lane;
    private readonly IActorRef _laneActor;
    private IActorRef _job = ActorRefs.Nobody;
    private bool _canMove;
    private bool _isCanceling;

    private sealed record AdoptionTimedOut;

    /// <summary>Run → its actor: fetch the weights as they are now.</summary>
    public sealed record FetchSnapshot(TaskCompletionSource<TrainedModel> Result);

    /// <summary>Run → its actor: send events to this subscriber, too.</summary>
    public sealed record Subscribe(IActorRef Subscriber, TaskCompletionSource<bool> Subscribed);

    /// <param name="job">The job to submit.</param>
    /// <param name="coordinator">The coordinator.</param>
    /// <param name="lane">The lane that the weights come by.</param>
    /// <param name="laneActor">The lane's actor; Nobody where the lane cannot be stopped.</param>
    /// <param name="output">Where progress, events and the result go.</param>
    public static Props Props(
        JobOptions job,
        IActorRef coordinator,
        ITensorLane lane,
        IActorRef laneActor,
        ClientOutput output
    ) => Akka.Actor.Props.Create(() => new ClientActor(job, coordinator, lane, laneActor, output));

    public ClientActor(
        JobOptions job,
        IActorRef coordinator,
        ITensorLane lane,
        IActorRef laneActor,
        ClientOutput output
    )
    {
        (_lane, _laneActor, _output) = (lane, laneActor, output);
        _events = new JobEventStream(output, Context);
        Submitting();
        if (!laneActor.IsNobody())
            Context.Watch(laneActor);
        Context.Watch(coordinator);
        coordinator.TellInPages(Context.System, new ClientProtocol.Submit(job), Self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ProcessWatchActor.Gone));

    protected override void PostStop() => _output.Close();

    /// <summary>Without the lane the weights could never be fetched.</summary>
    private void EndWithLane(bool hasTrained = true) =>
        Receive<Terminated>(
            _ => End("the ActorTrain node that its tensors travel through was stopped", hasTrained),
            gone => gone.ActorRef.Equals(_laneActor)
        );

    private void Submitting()
    {
        EndWithLane(hasTrained: false);
        Receive<ClientProtocol.IJobRequest>(_ =>
            Sender.Tell(new ClientProtocol.Rejected("the job is not accepted yet"))
        );
        Receive<ClientProtocol.Accepted>(accepted =>
        {
            _job = Sender;
            Context.Watch(_job);
            _output.Accepted.TrySetResult(accepted.JobId);
            Become(Following);
        });
        Receive<ClientProtocol.Rejected>(rejected =>
        {
            _output.Reject(rejected);
            Context.Stop(Self);
        });
        Receive<Terminated>(_ =>
        {
            _output.LoseCoordinator();
            Context.Stop(Self);
        });
        Receive<ClientProtocol.Cancel>(_ => EndCanceled("the job was canceled before it was accepted"));
    }

    private void Following()
    {
        EndWithLane();
        Receive<ClientProtocol.Progressed>(progressed =>
        {
            _canMove = progressed.CanMove;
            Follow(_followed.Add(progressed.Progress, progressed.History));
        });
        Receive<ClientProtocol.Moving>(_ => _canMove = true);
        Receive<ClientProtocol.HistoryContinued>(continued => Follow(_followed.Add(continued.History)));
        Receive<ClientProtocol.CheckLane>(check =>
            Context.ActorOf(LaneProbeActor.Props(_lane, check.Servers, bothWays: false))
        );
        Receive<LaneProbeActor.Passed>(_ => { });
        Receive<LaneProbeActor.Failing>(failing =>
            End($"this client could not fetch the weights: {failing.Reason}", hasTrained: true)
        );
        Receive<ClientProtocol.EventRaised>(raised => _events.Publish(raised.Event, Sender));
        Receive<Subscribe>(_events.Add);
        Receive<ClientProtocol.IJobRequest>(request => _job.Forward(request));
        Receive<FetchSnapshot>(fetch => Context.ActorOf(SnapshotActor.Props(_job, _lane, fetch.Result)));
        Receive<ClientProtocol.Cancel>(cancel =>
        {
            _isCanceling = true;
            _job.Tell(cancel);
        });
        Receive<ClientProtocol.Finished>(finished => Become(() => Fetching(finished)));
        Receive<ClientProtocol.Failed>(failed =>
        {
            if (failed.IsCanceled)
                EndCanceled(failed.Reason);
            else
                End($"the job failed: {failed.Reason}", failed.Trained);
        });
        Adoptable();
    }

    private void Follow(FollowedJob.Step step)
    {
        if (step.Confirmed is { } entries)
            _job.Tell(new ClientProtocol.HistoryReceived(entries));
        if (step.Progress is { } progress)
            _output.Progress.TryWrite(progress);
    }

    /// <summary>The coordinator may be lost, and another one adopt the job.</summary>
    private void Adoptable()
    {
        Receive<ClientProtocol.Adopted>(_ =>
        {
            Timers.Cancel("adoption");
            Context.Unwatch(_job);
            _job = Context.Watch(Sender);
            _followed.Restart();
            // The request may have gone to the coordinator that was lost.
            if (_isCanceling)
                _job.Tell(new ClientProtocol.Cancel());
        });
        Receive<Terminated>(gone => gone.ActorRef.Equals(_job), _ => OnCoordinatorLost());
        Receive<Terminated>(_events.Remove);
        // A client is no member of the cluster, and would wait long for missing heartbeats.
        Receive<ProcessWatchActor.Gone>(gone =>
        {
            if (gone.Node == _job.Path.Address)
                OnCoordinatorLost();
        });
        Receive<AdoptionTimedOut>(_ =>
            End(
                $"the coordinator of the job is lost, and no other has gone on with it within "
                    + $"{Adoption.Timeout.TotalSeconds:0} s",
                hasTrained: true
            )
        );
    }

    private void OnCoordinatorLost()
    {
        if (!_canMove)
            End("the coordinator of the job is lost, and no other node can go on with it", hasTrained: true);
        else if (!Timers.IsTimerActive("adoption"))
            Timers.StartSingleTimer("adoption", new AdoptionTimedOut(), Adoption.Timeout);
    }

    private void Fetching(ClientProtocol.Finished finished)
    {
        var parameters = new float[finished.Model.Parameters.Length];
        var state = new float[finished.Model.Buffers.Length];
        var pull = Context.ActorOf(PullActor.Props(finished.Shards, finished.Buffers, _lane, parameters, state));
        var reason = "";
        EndWithLane();
        Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job has ended")));
        Receive<PullActor.Completed>(_ => Become(() => Ending(ToResult())), _ => Sender.Equals(pull));
        // Where a shard is lost, the job goes on from its copy and reports again that it has finished, as an adopted
        // job does.
        Receive<PullActor.Lost>(lost => AwaitResult(lost.Reason), _ => Sender.Equals(pull));
        Receive<ClientProtocol.Finished>(again =>
        {
            Context.Stop(pull);
            SetReceiveTimeout(null);
            Become(() => Fetching(again));
        });
        Receive<ReceiveTimeout>(_ => End($"the weights could not be fetched: {reason}", hasTrained: true));
        Receive<ClientProtocol.Failed>(failed => End($"the job failed: {failed.Reason}", hasTrained: true));
        Receive<ClientProtocol.Adopted>(_ =>
        {
            _job = Context.Watch(Sender);
            if (finished.IsCanceled)
                _job.Tell(new ClientProtocol.Cancel());
        });
        ReceiveAny(_ => { });

        TrainingResult ToResult() =>
            new(
                finished.Report,
                new TrainedModel(finished.Model, parameters, state) { Data = finished.Report.Data },
                finished.IsCanceled
            );

        void AwaitResult(string lost)
        {
            reason = lost;
            SetReceiveTimeout(Adoption.Timeout);
        }
    }

    /// <summary>
    /// Waits until the job has ended: a user who has the result may submit the next job at once.
    /// </summary>
    private void Ending(TrainingResult result)
    {
        Receive<Terminated>(_ => Deliver());
        // The message below may be lost; then the job ends when this actor does.
        Receive<ReceiveTimeout>(_ => Deliver());
        ReceiveAny(_ => { });
        SetReceiveTimeout(EndTimeout);
        _job.Tell(new ClientProtocol.WeightsFetched());

        void Deliver()
        {
            _output.Result.TrySetResult(result);
            Context.Stop(Self);
        }
    }

    private void End(string reason, bool hasTrained = false)
    {
        _output.Fail(reason, hasTrained);
        Context.Stop(Self);
    }

    private void EndCanceled(string reason)
    {
        _output.Cancel(reason);
        Context.Stop(Self);
    }
}
