using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// One job, from submission to the fetched result: waits for workers and admits them, has the shards opened and filled,
/// hands over to <see cref="JobTrainingActor"/>, and sends the result. It goes on whether clients follow it or not; it
/// ends when those that do, and the nodes that keep it, have the result.
/// </summary>
internal sealed class JobActor : ReceiveActor, IWithTimers
{
    private readonly CoordinatorContext _context;
    private readonly JobRecord _record;
    private readonly WorkerReadiness _readiness;
    private readonly WorkerPreparation _workers;
    private readonly JobShards _shards;
    private readonly JobTraining _training;
    private readonly JobFollowers _followers;
    private readonly SnapshotStore _snapshots;
    private readonly JobStandbys _standbys;
    private readonly JobEnd _end;
    private readonly JobCheckpoints _checkpoints;
    private readonly JobStart _start;
    private JobOptions _job;

    private sealed record Tick;

    /// <param name="begin">What the job begins with, at a time of the scheduler's clock.</param>
    /// <param name="context">What the coordinator's node has given it.</param>
    public static Props Props(Func<TimeSpan, JobStart> begin, CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new JobActor(begin, context));

    public JobActor(Func<TimeSpan, JobStart> begin, CoordinatorContext context)
    {
        var start = begin(Now);
        var (jobId, log, scheduler) = (start.JobId, Context.GetLogger(), Context.System.Scheduler);
        (_context, _job, _start, _record, _readiness) = (context, start.Job, start, start.Record, start.Readiness);
        _followers = new(start, Context.System, Self, () => scheduler.MonotonicClock);
        _training = new(_record, _readiness, _followers, context, Context, log);
        _workers = new(start, _training, context.NodeOf, () => scheduler.MonotonicClock);
        _shards = new(jobId, _followers, _readiness, Context);
        _standbys = new(jobId, _job, _readiness, _training, context.Options.StandbyShare > 0, Self);
        _checkpoints = new(start, context, _training, Context);
        _snapshots = new(start, _followers, Context.System, Self);
        _end = new(start, _followers, context.Options.KeepResults > TimeSpan.Zero, Context, log);
        if (start.Adopted is { } adopted)
            Recovering(adopted);
        else
            WaitingForWorkers();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), _context.Options.ProgressInterval);

    protected override SupervisorStrategy SupervisorStrategy() => JobFailures.StrategyOf(Self, () => _end.HasTrained);

    private void WaitingForWorkers()
    {
        _followers.Begin(submitter => Context.Watch(submitter));
        ReceiveNodes(SettleAndBegin);
        Receive<Tick>(_ =>
        {
            SettleAndBegin();
            TellProgress(JobPhase.WaitingForWorkers);
        });
        ReceiveBeforeTraining();
    }

    private void SettleAndBegin()
    {
        _workers.Settle(_job);
        if (_workers.Hopeless is { } cause)
            _end.Fail(cause);
        else if (_readiness.Enough)
            Become(PreparingShards);
    }

    private void PreparingShards()
    {
        var admission = _readiness.Admission!;
        _training.RaiseSubstitute(admission.Dataset);
        _job = _job with { Consistency = _job.Consistency.Resolved(_job.PushSamples, _readiness.Ready) };
        _shards.Open(_job, admission, _start.Resumed, _context.Node);
        ReceiveNodes(() =>
        {
            if (_shards.HasLostServer)
                _end.GoOnFromCheckpoint(JobFailures.ServerLostEarly);
            else
                _workers.RequestStartingWeights(_shards.Placed);
        });
        Receive<ShardPlacementActor.Refused>(refused => _end.Fail(JobFailures.ShardRefused(refused)));
        Receive<ServerProtocol.StandbyFailed>(_ => _end.Fail(JobFailures.CheckpointRefused(_context.NodeOf(Sender))));
        Receive<ShardPlacementActor.Placed>(placed =>
        {
            _shards.Opened(placed);
            if (_start.Resumed is null)
                _workers.RequestStartingWeights(placed);
            else
                Become(() => Training(_start.GoOn()));
        });
        Receive<WorkerProtocol.ShardsInitialized>(_ => Become(() => Training()));
        Receive<Tick>(_ =>
        {
            _workers.Settle(_job);
            TellProgress(JobPhase.Preparing);
        });
        ReceiveBeforeTraining();
    }

    /// <summary>An adopted job goes on when its shards are found, or restored.</summary>
    private void Recovering(JobStart.Recovery adopted)
    {
        var recovery = Context.ActorOf(ShardRecoveryActor.Props(adopted, _context.NodeOf), "recovery");
        if (adopted.Snapshot.IsCanceled)
            _training.Cancel();
        Receive<ShardRecoveryActor.Lost>(lost => _end.GoOnFromCheckpoint(lost.Reason, _training.IsCanceled));
        Receive<ShardRecoveryActor.Recovered>(recovered =>
        {
            if (_shards.Adopt(recovered.Placed))
                Become(() => Training(adopted.GoOn(recovered, _context.NewJobId())));
            else
                _end.GoOnElsewhere(_snapshots.Newest);
        });
        Receive<Tick>(_ => _workers.Settle(_job));
        ReceiveNodes(() => { }, recovery);
        // The client still gets the weights that the shards hold, so the job is canceled after it has been adopted.
        ReceiveCancels(_training.Cancel);
        ReceiveBeforeTraining();
    }

    private void ReceiveBeforeTraining()
    {
        ReceiveCancels(() => _end.Cancel(JobFailures.CanceledEarly));
        Reject<ClientProtocol.IJobRequest>("the job does not train at the moment");
        Reject<ClientProtocol.LocateWeights>("the job does not train yet");
        ReceiveClients(() => _end.Cancel(JobFailures.ClientGone));
    }

    private void Training(JobTrainingProtocol.Adopted? adopted = null)
    {
        var (admission, placed) = (_readiness.Admission!, _shards.Placed!);
        _training.Begin(_job, admission, placed, adopted);
        _workers.HandOverReady();
        _standbys.Place(placed, admission);
        ReceiveNodes(_workers.HandOverReady);
        Receive<ServerProtocol.StandbyOpened>(_standbys.Opened);
        Receive<ServerProtocol.StandbyFailed>(failed => _standbys.Failed(failed.Standby, _context.NodeOf(Sender)));
        ReceiveCancels(_training.Cancel);
        Receive<NodeProtocol.Leaving>(leaving => _standbys.Leave(leaving, Sender, placed, admission));
        Receive<ClientProtocol.IJobRequest>(_training.Forward);
        Receive<ClientProtocol.LocateWeights>(_ => _followers.LocateWeights(Sender, admission, placed));
        Receive<Tick>(_ =>
        {
            _workers.Settle(_job);
            _standbys.Place(placed, admission);
        });
        Receive<WorkerProtocol.ShardsInitialized>(_ => { });
        Receive<JobProgress>(Tell);
        Receive<JobTrainingProtocol.SnapshotTaken>(taken =>
        {
            _standbys.CopiedTo(taken.Copied);
            _snapshots.Store(taken, _job, admission, placed, _standbys.Nodes);
        });
        Receive<ICheckpointStep>(step => _checkpoints.Handle(step, Sender, _job, admission, placed));
        Receive<ServerProtocol.SnapshotStored>(stored => _snapshots.Stored(Sender, stored));
        Receive<JobTrainingProtocol.Done>(done =>
        {
            Become(Delivering);
            _end.Deliver(done, admission, placed);
        });
        ReceiveClients(() => _end.Cancel(JobFailures.ClientGone));
    }

    private void Reject<T>(string reason) => Receive<T>(_ => Sender.Tell(new ClientProtocol.Rejected(reason)));

    /// <param name="lost">Called where the client that submits the job is gone before it knows of it.</param>
    private void ReceiveClients(Action lost)
    {
        Receive<ClientProtocol.IFollowerMessage>(message => _followers.Handle(message, Context.Unwatch(Sender)));
        Receive<ClientProtocol.EventRaised>(_followers.Tell);
        Receive<Terminated>(_ => lost(), gone => gone.ActorRef.Equals(_start.Submitter));
        Receive<Terminated>(_ => _end.GoOnElsewhere(_snapshots.Newest));
    }

    private void ReceiveCancels(Action cancel)
    {
        Receive<ClientProtocol.Cancel>(_ => cancel());
        Receive<ClientProtocol.CancelJob>(_ =>
        {
            cancel();
            Sender.Tell(new ClientProtocol.Canceling());
        });
    }

    private void Delivering()
    {
        Receive<ClientProtocol.CancelJob>(_ => Sender.Tell(new ClientProtocol.Canceling()));
        Reject<ClientProtocol.IJobRequest>("the job has ended");
        Receive<Terminated>(_ => { }, gone => gone.ActorRef.Equals(_start.Submitter));
        Receive<Terminated>(_ => _end.GoOnElsewhere(_snapshots.Newest));
        ReceiveAny(message => _end.Handle(message, Sender));
    }

    /// <summary>In every phase nodes join and are lost, and workers are admitted or refused.</summary>
    /// <param name="changed">Called after every change of nodes or workers.</param>
    /// <param name="recovery">Finds the shards, while they are not found.</param>
    private void ReceiveNodes(Action changed, IActorRef? recovery = null)
    {
        ReceiveChange<NodeProtocol.NodeJoined>(joined =>
        {
            recovery?.Tell(joined);
            _workers.Joined(joined, _job);
        });
        ReceiveChange<WorkerProtocol.Prepared>(prepared => _workers.Prepared(prepared, Sender, _job));
        ReceiveChange<WorkerProtocol.LaneChecked>(check => _workers.LaneChecked(check, Sender));
        ReceiveChange<WorkerProtocol.CannotPrepare>(failure => _workers.Failed(failure, Sender));
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            recovery?.Tell(lost);
            _readiness.Lost(lost.Node);
            _standbys.Lost(lost.Node);
            if (_shards.AreOn(lost.Node))
            {
                _end.GoOnElsewhere(_snapshots.Newest);
                return;
            }
            _training.Tell(lost);
            changed();
        });
        Receive<NodeProtocol.NodeUnreachable>(_training.Tell);
        Receive<NodeProtocol.NodeReachable>(_training.Tell);
        Receive<JobTrainingProtocol.Failed>(failed => _end.Fail(failed.Reason));
        Receive<ServerProtocol.ShardFailed>(failed => _end.Fail(JobFailures.ShardFailed(failed)));

        void ReceiveChange<T>(Action<T> change) =>
            Receive<T>(message =>
            {
                change(message);
                changed();
            });
    }

    private void TellProgress(JobPhase phase) => Tell(_record.Progress(phase, _readiness.Waiting, null, Now));

    private void Tell(JobProgress progress)
    {
        _followers.Progressed(progress, _readiness.IsCoordinatedWithout(_context.Node), _readiness.Hosts);
        Context.Parent.Tell(progress);
    }
}
