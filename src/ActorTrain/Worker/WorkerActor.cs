using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Server;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>One node's worker in one job: loads the engine, joins, and hosts the trainer and the evaluator until the job or the node ends.</summary>
internal sealed class WorkerActor : ReceiveActor, IWithTimers
{
    private readonly string _jobId;
    private readonly JobOptions _job;
    private readonly IActorRef _coordinator;
    private readonly WorkerContext _context;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _engine = ActorRefs.Nobody;
    private EngineActor.Loaded _loaded = null!;

    /// <summary>Node → worker: the node is leaving. The worker gives back what it holds and ends.</summary>
    public sealed record Leave(string Reason);

    private sealed record SendAgain;

    public static Props Props(string jobId, JobOptions job, IActorRef coordinator, WorkerContext context) =>
        Akka.Actor.Props.Create(() => new WorkerActor(jobId, job, coordinator, context));

    public WorkerActor(string jobId, JobOptions job, IActorRef coordinator, WorkerContext context)
    {
        (_jobId, _job, _coordinator, _context) = (jobId, job, coordinator, context);
        Loading();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.Watch(_coordinator);
        _engine = Context.ActorOf(EngineActor.Props(_context.Engines, _job, DispatcherNames.Training, _stopping.Token), "engine");
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
            _coordinator.Tell(new WorkerProtocol.Prepared(_jobId, WorkerProtocol.Version, loaded.Model, loaded.Dataset, loaded.Device));
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
        Receive<WorkerProtocol.Initialize>(initialize => Become(() => InitializingShards(initialize.Shards)));
        Receive<WorkerProtocol.Start>(Train);
        Receive<WorkerProtocol.Refuse>(refusal =>
        {
            _log.Warning("Not admitted to job {0}: {1}", _job.Name, refusal.Reason);
            Context.Stop(Self);
        });
        Receive<EngineActor.Failed>(failure => StopWith(new WorkerProtocol.CannotPrepare(_jobId, failure.Reason)));
        EndingAtOnce();
    }

    private void InitializingShards(ShardPlace[] shards)
    {
        var awaited = shards.ToDictionary(place => place.Slice.Index);
        Receive<ShardProtocol.Initialized>(shard =>
        {
            awaited.Remove(shard.Shard);
            if (awaited.Count > 0) return;
            Timers.Cancel("send-again");
            _coordinator.Tell(new WorkerProtocol.ShardsInitialized());
            Become(AwaitingStart);
        });
        Receive<SendAgain>(_ => Send());
        // Another worker was asked, too, and was first: the shards have their weights.
        Receive<WorkerProtocol.Start>(Train);
        Receive<EngineActor.Failed>(failure => StopWith(new WorkerProtocol.CannotPrepare(_jobId, failure.Reason)));
        EndingAtOnce();
        Timers.StartPeriodicTimer("send-again", new SendAgain(), _context.ResendAfter);
        Send();

        void Send()
        {
            foreach (var (slice, shard) in awaited.Values)
                _context.Lane.Tell(shard, new ShardProtocol.Initialize(TensorSlice.Of(_loaded.Parameters.Slice(slice.Offset, slice.Length))), Self);
        }
    }

    private void Train(WorkerProtocol.Start start)
    {
        Timers.Cancel("send-again");
        var training = Sender;
        var trainer = Context.ActorOf(TrainerActor.Props(_job, training, start, _engine, _loaded, _context), "trainer");
        var evaluator = Context.ActorOf(EvaluatorActor.Props(_job, training, start, _loaded.Model, _context), "evaluator");
        Context.Watch(trainer);
        Become(() => Training(start, training, trainer, evaluator));
    }

    private void Training(WorkerProtocol.Start start, IActorRef training, IActorRef trainer, IActorRef evaluator)
    {
        Receive<WorkerProtocol.Evaluate>(evaluate => evaluator.Forward(evaluate));
        Receive<WorkerProtocol.EndJob>(_ => trainer.Tell(new TrainerActor.LeaveAfterPart("the job has ended")));
        Receive<Leave>(leave => trainer.Tell(new TrainerActor.LeaveAfterPart(leave.Reason)));
        Receive<ShardProtocol.Initialized>(_ => { });
        Receive<EngineActor.Failed>(failure =>
        {
            _log.Error("The engine failed in job {0}: {1}", _job.Name, failure.Reason);
            trainer.Tell(new TrainerActor.LeaveNow(failure.Reason));
            // Said here too, for the case that it was the trainer that threw; the second of two is not listened to.
            training.Tell(new WorkerProtocol.Withdrawn(start.Worker, failure.Reason, Failed: true));
        });
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    private void EndingAtOnce()
    {
        Receive<WorkerProtocol.EndJob>(_ => Context.Stop(Self));
        Receive<Leave>(_ => Context.Stop(Self));
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    private void StopWith(object lastWord)
    {
        _coordinator.Tell(lastWord);
        Context.Stop(Self);
    }
}
