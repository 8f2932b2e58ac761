using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Remedies;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// One node's worker in one job: loads the engine, joins, and hosts the training loop and the evaluator until the job
/// ends or the node leaves.
/// </summary>
internal sealed class WorkerActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    private readonly string _jobId;
    private readonly JobOptions _job;
    private IActorRef _coordinator;
    private readonly WorkerContext _context;
    private readonly bool _mayReturn;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _engine = ActorRefs.Nobody;
    private readonly LaneCheck _laneCheck;
    private EngineProtocol.Loaded? _loaded;

    /// <summary>Node → worker: the node leaves. The worker returns its leases and stops.</summary>
    public sealed record Leave(string Reason);

    private sealed record SendAgain;

    private sealed record Orphaned;

    /// <summary>
    /// Worker → node: the engine failed during training. The worker stops; its node may start another.
    /// </summary>
    public sealed record EngineFailed;

    /// <param name="jobId">The job.</param>
    /// <param name="job">What to train.</param>
    /// <param name="coordinator">The job's actor.</param>
    /// <param name="context">What the node's workers need.</param>
    /// <param name="mayReturn">Whether the node starts another worker if this one's engine fails.</param>
    public static Props Props(
        string jobId,
        JobOptions job,
        IActorRef coordinator,
        WorkerContext context,
        bool mayReturn
    ) => Akka.Actor.Props.Create(() => new WorkerActor(jobId, job, coordinator, context, mayReturn));

    public WorkerActor(string jobId, JobOptions job, IActorRef coordinator, WorkerContext context, bool mayReturn)
    {
        (_jobId, _job, _coordinator, _context, _mayReturn) = (jobId, job, coordinator, context, mayReturn);
        _laneCheck = new LaneCheck(jobId, context.Lane);
        Loading();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        Context.Watch(_coordinator);
        _engine = Context.ActorOf(
            EngineActor.Props(_context, _job, DispatcherNames.Training, _context.Lane.Memory, _stopping.Token),
            "engine"
        );
        _engine.Tell(new EngineProtocol.Load());
    }

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    protected override SupervisorStrategy SupervisorStrategy() => EngineActor.StopAndTell(Self);

    private void Loading()
    {
        Receive<EngineProtocol.Loaded>(loaded =>
        {
            _loaded = loaded;
            TellPrepared();
            Become(AwaitingStart);
        });
        Receive<EngineProtocol.CannotLoad>(failure =>
        {
            _log.CannotTakePart(_job.Name, failure.Reason);
            StopWith(new WorkerProtocol.CannotPrepare(_jobId, failure.Reason));
        });
        BeforeTraining();
    }

    private void AwaitingStart()
    {
        Receive<WorkerProtocol.Initialize>(initialize => Become(() => InitializingShards(initialize)));
        Receive<WorkerProtocol.Start>(start => Train(start, Sender));
        Receive<WorkerProtocol.Refuse>(refusal =>
        {
            _log.NotAdmitted(_job.Name, refusal.Reason);
            Context.Stop(Self);
        });
        BeforeTraining();
    }

    private void InitializingShards(WorkerProtocol.Initialize initialize)
    {
        var weights = new InitialWeights(_loaded!, initialize, _context.Lane, Self);
        Receive<ShardProtocol.Initialized>(shard =>
        {
            if (!weights.Confirm(shard.Shard))
                return;
            Timers.Cancel("send-again");
            _coordinator.Tell(new WorkerProtocol.ShardsInitialized());
            Become(AwaitingStart);
        });
        Receive<SendAgain>(_ => weights.Send());
        // Another worker was asked, too, and was first: the shards have their weights.
        Receive<WorkerProtocol.Start>(start => Train(start, Sender));
        BeforeTraining();
        Timers.StartPeriodicTimer("send-again", new SendAgain(), _context.ResendAfter);
        weights.Send();
    }

    private void Train(WorkerProtocol.Start start, IActorRef training)
    {
        Timers.Cancel("send-again");
        _engine.Tell(new EngineProtocol.BeginIncarnation());
        var trainer = Context.ActorOf(TrainingLoopActor.Props(_job, training, start, _engine, _loaded!, _context));
        var evaluator = Context.ActorOf(EvaluatorActor.Props(_job, training, start, _loaded!.Model, _context));
        Context.Watch(trainer);
        Become(() => Training(start, training, trainer, evaluator));
    }

    private void Training(WorkerProtocol.Start start, IActorRef training, IActorRef trainer, IActorRef evaluator)
    {
        Receive<WorkerProtocol.Evaluate>(evaluate => evaluator.Forward(evaluate));
        Receive<WorkerProtocol.EndJob>(_ => trainer.Tell(new TrainingLoopActor.LeaveAfterPart("the job has ended")));
        Receive<Leave>(leave => trainer.Tell(new TrainingLoopActor.LeaveAfterPart(leave.Reason)));
        Receive<WorkerProtocol.Refuse>(refusal =>
        {
            _log.TakesNoMorePart(_job.Name, refusal.Reason);
            Context.Stop(Self);
        });
        Receive<WorkerProtocol.Start>(again => Become(() => BeginningIncarnation(again, Sender, trainer, evaluator)));
        Receive<ShardProtocol.Initialized>(_ => { });
        Receive<EngineProtocol.Failed>(failure =>
        {
            _log.EngineFailed(_job.Name, failure.Reason);
            var returns = _mayReturn && failure.MayPass;
            if (returns)
                Context.Parent.Tell(new EngineFailed());
            trainer.Tell(new TrainingLoopActor.LeaveNow(failure.Reason, returns));
            // Also sent here, in case the training loop itself has failed; the coordinator ignores the second of two.
            training.Tell(new WorkerProtocol.Withdrawn(start.Worker, failure.Reason, Failed: true, returns));
        });
        Receive<Terminated>(terminated => terminated.ActorRef.Equals(trainer), _ => Context.Stop(Self));
        AcceptingCoordinator();
    }

    // The new incarnation uses the same engine and buffers, so it begins when the actors of the old one have stopped.
    private void BeginningIncarnation(
        WorkerProtocol.Start start,
        IActorRef training,
        IActorRef trainer,
        IActorRef evaluator
    )
    {
        _log.IncarnationBegins(_job.Name);
        Context.Stop(trainer);
        Context.Stop(evaluator);
        Receive<Terminated>(
            terminated => terminated.ActorRef.Equals(trainer),
            _ => _engine.Tell(new EngineProtocol.Stop())
        );
        Receive<EngineProtocol.Stopped>(_ =>
        {
            Stash.UnstashAll();
            Train(start, training);
        });
        // A newer incarnation replaces one that has not begun.
        Receive<WorkerProtocol.Start>(newest => (start, training) = (newest, Sender));
        Receive<WorkerProtocol.Evaluate>(_ => Stash.Stash());
        Receive<EngineProtocol.Failed>(failure =>
        {
            _log.EngineFailed(_job.Name, failure.Reason);
            if (failure.MayPass)
                Context.Parent.Tell(new EngineFailed());
            Context.Stop(Self);
        });
        StoppingAtOnce();
        ReceiveAny(_ => { });
    }

    private void BeforeTraining()
    {
        Receive<EngineProtocol.Failed>(failure => StopWith(new WorkerProtocol.CannotPrepare(_jobId, failure.Reason)));
        StoppingAtOnce();
    }

    private void StoppingAtOnce()
    {
        Receive<WorkerProtocol.EndJob>(_ => Context.Stop(Self));
        Receive<Leave>(_ => Context.Stop(Self));
        AcceptingCoordinator();
    }

    // Another coordinator may adopt the job: it asks as the first one did.
    private void AcceptingCoordinator()
    {
        Receive<WorkerProtocol.Prepare>(_ =>
        {
            Timers.Cancel("orphan");
            Context.Unwatch(_coordinator);
            _coordinator = Context.Watch(Sender);
            TellPrepared();
        });
        Receive<WorkerProtocol.CheckLane>(check => _laneCheck.Start(check, Sender, Context));
        Receive<LaneProbeActor.Passed>(_ => _coordinator.Tell(_laneCheck.Passed()));
        Receive<LaneProbeActor.Failing>(failing =>
        {
            _log.WaitingToTakePart(_job.Name, failing.Reason);
            _coordinator.Tell(_laneCheck.Failing(failing.Reason));
        });
        Receive<Orphaned>(_ =>
        {
            _log.WorkerNotAdopted(_job.Name, Adoption.Timeout.TotalSeconds);
            Context.Stop(Self);
        });
        Receive<Terminated>(AwaitAdoption);
    }

    // A coordinator closes a job that has ended, so this one is lost: another may adopt the job.
    private void AwaitAdoption(Terminated terminated)
    {
        if (terminated.ActorRef.Equals(_coordinator))
            Timers.StartSingleTimer("orphan", new Orphaned(), Adoption.Timeout);
    }

    private void TellPrepared()
    {
        if (_loaded is { } loaded)
            _coordinator.TellInPages(
                Context.System,
                new WorkerProtocol.Prepared(_jobId, loaded.Model, loaded.Dataset, loaded.Device, loaded.Measured),
                Self
            );
    }

    private void StopWith(object reply)
    {
        _coordinator.Tell(reply);
        Context.Stop(Self);
    }
}
