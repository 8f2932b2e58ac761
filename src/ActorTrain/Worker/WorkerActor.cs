using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using ActorTrain.Supervision;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// One node's worker in one job: loads the engine, joins, and hosts the trainer and the evaluator until the job or the
/// node ends.
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
    private IActorRef _probe = ActorRefs.Nobody;
    private IActorRef[] _probed = [];
    private string? _laneTrouble;
    private EngineActor.Loaded? _loaded;

    /// <summary>Node → worker: the node is leaving. The worker gives back what it holds and ends.</summary>
    public sealed record Leave(string Reason);

    private sealed record SendAgain;

    private sealed record Orphaned;

    /// <summary>
    /// Worker → node: the engine failed while it trained. The worker ends; its node may begin another.
    /// </summary>
    public sealed record EngineFailed;

    /// <param name="jobId">The job.</param>
    /// <param name="job">What to train.</param>
    /// <param name="coordinator">The job's actor.</param>
    /// <param name="context">What the node gives to its workers.</param>
    /// <param name="mayReturn">Whether the node begins another worker if this one's engine fails.</param>
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
        Loading();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        Context.Watch(_coordinator);
        _engine = Context.ActorOf(
            EngineActor.Props(_context.Engines, _job, DispatcherNames.Training, _context.Lane.Memory, _stopping.Token),
            "engine"
        );
        _engine.Tell(new EngineActor.Load());
    }

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    protected override SupervisorStrategy SupervisorStrategy() => EngineActor.StopAndTell(Self);

    private void Loading()
    {
        Receive<EngineActor.Loaded>(loaded =>
        {
            _loaded = loaded;
            TellPrepared();
            Become(AwaitingStart);
        });
        Receive<EngineActor.CannotLoad>(failure =>
        {
            _log.Warning("Cannot take part in job {0}: {1}", _job.Name, failure.Reason);
            StopWith(new WorkerProtocol.CannotPrepare(_jobId, failure.Reason));
        });
        Receive<EngineActor.Failed>(failure => StopWith(new WorkerProtocol.CannotPrepare(_jobId, failure.Reason)));
        EndingAtOnce();
    }

    private void AwaitingStart()
    {
        Receive<WorkerProtocol.Initialize>(initialize =>
            Become(() => InitializingShards(initialize.Shards, initialize.ModelState))
        );
        Receive<WorkerProtocol.Start>(start => Train(start, Sender));
        Receive<WorkerProtocol.Refuse>(refusal =>
        {
            _log.Warning("Not admitted to job {0}: {1}", _job.Name, refusal.Reason);
            Context.Stop(Self);
        });
        Receive<EngineActor.Failed>(failure => StopWith(new WorkerProtocol.CannotPrepare(_jobId, failure.Reason)));
        EndingAtOnce();
    }

    private void InitializingShards(ShardPlace[] shards, IActorRef? modelState)
    {
        var awaited = shards.ToDictionary(place => place.Slice.Index);
        Receive<ShardProtocol.Initialized>(shard =>
        {
            awaited.Remove(shard.Shard);
            if (awaited.Count > 0)
                return;
            Timers.Cancel("send-again");
            _coordinator.Tell(new WorkerProtocol.ShardsInitialized());
            Become(AwaitingStart);
        });
        Receive<SendAgain>(_ => Send());
        // Another worker was asked, too, and was first: the shards have their weights.
        Receive<WorkerProtocol.Start>(start => Train(start, Sender));
        Receive<EngineActor.Failed>(failure => StopWith(new WorkerProtocol.CannotPrepare(_jobId, failure.Reason)));
        EndingAtOnce();
        Timers.StartPeriodicTimer("send-again", new SendAgain(), _context.ResendAfter);
        Send();

        void Send()
        {
            // What nobody has trained yet is as the seed has it: epoch 0, and the first that is trained takes its
            // place.
            if (modelState is not null)
                _context.Lane.Tell(
                    modelState,
                    new ModelStateProtocol.Report(new WorkerId("", 0), 0, 1, TensorSlice.CopyOf(_loaded!.State.Span)),
                    Self
                );
            foreach (var (slice, shard) in awaited.Values)
                _context.Lane.Tell(
                    shard,
                    new ShardProtocol.Initialize(TensorSlice.Of(_loaded!.Parameters.Slice(slice.Offset, slice.Length))),
                    Self
                );
        }
    }

    private void Train(WorkerProtocol.Start start, IActorRef training)
    {
        Timers.Cancel("send-again");
        _engine.Tell(new EngineActor.Begin());
        var trainer = Context.ActorOf(TrainerActor.Props(_job, training, start, _engine, _loaded!, _context));
        var evaluator = Context.ActorOf(EvaluatorActor.Props(_job, training, start, _loaded!.Model, _context));
        Context.Watch(trainer);
        Become(() => Training(start, training, trainer, evaluator));
    }

    private void Training(WorkerProtocol.Start start, IActorRef training, IActorRef trainer, IActorRef evaluator)
    {
        Receive<WorkerProtocol.Evaluate>(evaluate => evaluator.Forward(evaluate));
        Receive<WorkerProtocol.EndJob>(_ => trainer.Tell(new TrainerActor.LeaveAfterPart("the job has ended")));
        Receive<Leave>(leave => trainer.Tell(new TrainerActor.LeaveAfterPart(leave.Reason)));
        Receive<WorkerProtocol.Refuse>(refusal =>
        {
            _log.Warning("No more part in job {0}: {1}", _job.Name, refusal.Reason);
            Context.Stop(Self);
        });
        Receive<WorkerProtocol.Start>(again => Become(() => BeginningAnew(again, Sender, trainer, evaluator)));
        Receive<ShardProtocol.Initialized>(_ => { });
        Receive<EngineActor.Failed>(failure =>
        {
            _log.Error("The engine failed in job {0}: {1}", _job.Name, failure.Reason);
            var returns = _mayReturn && failure.MayPass;
            if (returns)
                Context.Parent.Tell(new EngineFailed());
            trainer.Tell(new TrainerActor.LeaveNow(failure.Reason, returns));
            // Said here too, for the case that it was the trainer that threw; the second of two is not listened to.
            training.Tell(new WorkerProtocol.Withdrawn(start.Worker, failure.Reason, Failed: true, returns));
        });
        Adoptable(TellPrepared);
        Receive<Terminated>(gone => gone.ActorRef.Equals(trainer), _ => Context.Stop(Self));
        Receive<Terminated>(Orphan);
    }

    /// <summary>
    /// A new life begins when all of the old one has ended: the engine is the same, and so are the buffers that it
    /// reads.
    /// </summary>
    private void BeginningAnew(WorkerProtocol.Start start, IActorRef training, IActorRef trainer, IActorRef evaluator)
    {
        _log.Info("A new life begins in job {0}", _job.Name);
        Context.Stop(trainer);
        Context.Stop(evaluator);
        Adoptable(TellPrepared);
        Receive<Terminated>(gone => gone.ActorRef.Equals(trainer), _ => _engine.Tell(new EngineActor.Rest()));
        Receive<Terminated>(Orphan);
        Receive<EngineActor.AtRest>(_ =>
        {
            Stash.UnstashAll();
            Train(start, training);
        });
        // Doubted once more before it has begun: the newest life is the one that counts.
        Receive<WorkerProtocol.Start>(newest => (start, training) = (newest, Sender));
        Receive<WorkerProtocol.Evaluate>(_ => Stash.Stash());
        Receive<EngineActor.Failed>(failure =>
        {
            _log.Error("The engine failed in job {0}: {1}", _job.Name, failure.Reason);
            if (failure.MayPass)
                Context.Parent.Tell(new EngineFailed());
            Context.Stop(Self);
        });
        Receive<WorkerProtocol.EndJob>(_ => Context.Stop(Self));
        Receive<Leave>(_ => Context.Stop(Self));
        ReceiveAny(_ => { });
    }

    private void EndingAtOnce()
    {
        Receive<WorkerProtocol.EndJob>(_ => Context.Stop(Self));
        Receive<Leave>(_ => Context.Stop(Self));
        Adoptable(TellPrepared);
        Receive<Terminated>(Orphan);
    }

    /// <summary>Another coordinator may go on with the job.</summary>
    /// <param name="tell">What it is answered.</param>
    private void Adoptable(Action tell)
    {
        Receive<WorkerProtocol.Prepare>(_ =>
        {
            Timers.Cancel("orphan");
            Context.Unwatch(_coordinator);
            _coordinator = Context.Watch(Sender);
            tell();
        });
        Receive<WorkerProtocol.CheckLane>(check =>
        {
            // Asked again while it is at it: the answer so far may be lost, or may be another coordinator's.
            if (!_probe.IsNobody() && check.Servers.SequenceEqual(_probed))
            {
                if (_laneTrouble is not null)
                    Sender.Tell(new WorkerProtocol.LaneChecked(_jobId, _laneTrouble));
                return;
            }
            Context.Stop(_probe);
            (_probed, _laneTrouble) = (check.Servers, null);
            _probe = Context.ActorOf(LaneProbeActor.Props(_context.Lane, check.Servers, bothWays: true));
        });
        Receive<LaneProbeActor.Passed>(_ =>
        {
            _probe = ActorRefs.Nobody;
            _coordinator.Tell(new WorkerProtocol.LaneChecked(_jobId, Trouble: null));
        });
        Receive<LaneProbeActor.Failing>(failing =>
        {
            _log.Warning("Waiting to take part in job {0}: {1}", _job.Name, failing.Reason);
            _laneTrouble = failing.Reason;
            _coordinator.Tell(new WorkerProtocol.LaneChecked(_jobId, failing.Reason));
        });
        Receive<Orphaned>(_ =>
        {
            _log.Warning(
                "No coordinator has gone on with job {0} within {1:0} s",
                _job.Name,
                Adoption.Patience.TotalSeconds
            );
            Context.Stop(Self);
        });
    }

    // A job that is over is closed; one whose coordinator is gone may be adopted by the next.
    private void Orphan(Terminated gone)
    {
        if (gone.ActorRef.Equals(_coordinator))
            Timers.StartSingleTimer("orphan", new Orphaned(), Adoption.Patience);
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

    private void StopWith(object lastWord)
    {
        _coordinator.Tell(lastWord);
        Context.Stop(Self);
    }
}
