using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Telemetry;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// Runs the <see cref="TrainingLoop"/> of one incarnation: pulls the parameters first, and withdraws from the job when
/// the loop ends.
/// </summary>
internal sealed class TrainingLoopActor : ReceiveActor, IWithTimers
{
    private readonly JobOptions _job;
    private readonly IActorRef _coordinator;
    private readonly WorkerProtocol.Start _start;
    private readonly IActorRef _engine;
    private readonly EngineProtocol.Loaded _buffers;
    private readonly WorkerContext _context;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IDisposable? _admission;
    private TrainingLoop? _loop;

    /// <summary>Worker → training loop: finish and push the part under way, return the rest, and stop.</summary>
    public sealed record LeaveAfterPart(string Reason);

    /// <summary>Worker → training loop: the engine is lost; return everything and stop.</summary>
    public sealed record LeaveNow(string Reason, bool Returns);

    private sealed record CheckUnanswered;

    public static Props Props(
        JobOptions job,
        IActorRef coordinator,
        WorkerProtocol.Start start,
        IActorRef engine,
        EngineProtocol.Loaded buffers,
        WorkerContext context
    ) =>
        Akka
            .Actor.Props.Create(() => new TrainingLoopActor(job, coordinator, start, engine, buffers, context))
            .WithDispatcher(DispatcherNames.Training);

    public TrainingLoopActor(
        JobOptions job,
        IActorRef coordinator,
        WorkerProtocol.Start start,
        IActorRef engine,
        EngineProtocol.Loaded buffers,
        WorkerContext context
    )
    {
        (_job, _coordinator, _start, _engine, _buffers, _context) = (job, coordinator, start, engine, buffers, context);
        Pulling();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        // A shard sends an empty payload where its weights have not changed.
        _admission = _context.Lane.Admit(Self, _start.Shards.Select(place => place.Slice.Length).Append(0).ToHashSet());
        Context.ActorOf(
            PullActor.Props(_start.Shards, _start.Buffers, _context.Lane, _buffers.Parameters, _buffers.Buffers),
            "pull"
        );
    }

    protected override void PostStop()
    {
        _admission?.Dispose();
        _loop?.Release();
    }

    private void Pulling()
    {
        Receive<PullActor.Completed>(pulled =>
        {
            _loop = CreateLoop(pulled);
            Become(() => Training(_loop));
        });
        Receive<PullActor.Lost>(lost => End(lost.Reason, failed: true, returns: false));
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<LeaveAfterPart>(leave => End(leave.Reason, failed: false, returns: false));
        Receive<LeaveNow>(leave => End(leave.Reason, failed: true, leave.Returns));
    }

    private TrainingLoop CreateLoop(PullActor.Completed pulled) =>
        new(
            _job,
            _start,
            _coordinator,
            _engine,
            _buffers,
            _context.Lane,
            new ReceivedParameters([.. _start.Shards.Select(place => place.Slice)], pulled.Versions, pulled.Steps),
            Context,
            (reason, failed) => End(reason, failed, returns: false)
        );

    private void Training(TrainingLoop loop)
    {
        // Twice as often as the timeout, so that a push waits at most one and a half times as long.
        Timers.StartPeriodicTimer("unanswered", new CheckUnanswered(), _context.ResendAfter / 2);
        Receive<WorkerProtocol.Granted>(loop.Accept);
        Receive<EngineProtocol.Computed>(loop.Computed);
        Receive<EngineProtocol.OutOfMemory>(loop.ReduceMicroBatch);
        Receive<ShardProtocol.Pushed>(
            pushed => pushed.Verdict.Refusal == Refusal.PastIncarnation,
            pushed =>
            {
                pushed.Payload.Release();
                _log.WorkerFenced(Sender.Path, pushed.Verdict.Reason);
                Become(Fenced);
            }
        );
        Receive<ShardProtocol.Pushed>(loop.Judged);
        Receive<ShardProtocol.ParametersReady>(loop.ParametersReady);
        Receive<WorkerProtocol.ReturnLeases>(_ => loop.ReturnUnbegun());
        Receive<CheckUnanswered>(_ => loop.SendAgain(since: Now - _context.ResendAfter));
        // The messages that a broken connection has lost are not known: all unanswered ones are sent again.
        Receive<LaneProtocol.Broken>(_ => loop.SendAgain(since: Now));
        Receive<LeaveAfterPart>(leave => loop.LeaveAfterPart(leave.Reason));
        Receive<LeaveNow>(leave => End(leave.Reason, failed: true, leave.Returns));
        loop.Continue();
    }

    // A shard refuses this incarnation: the coordinator has given its leases to other workers.
    private void Fenced()
    {
        Timers.Cancel("unanswered");
        Receive<ShardProtocol.Pushed>(late => late.Payload.Release());
        Receive<ShardProtocol.ParametersReady>(late => late.Payload.Release());
        Receive<WorkerProtocol.ReturnLeases>(_ => { });
        Receive<LeaveAfterPart>(leave => Withdraw(leave.Reason, failed: false, returns: false));
        Receive<LeaveNow>(leave => Withdraw(leave.Reason, failed: true, leave.Returns));
        Receive<EngineProtocol.Computed>(_ => { });
        Receive<EngineProtocol.OutOfMemory>(_ => { });
        Receive<WorkerProtocol.Granted>(_ => { });
        Receive<LaneProtocol.Broken>(_ => { });
    }

    private void End(string reason, bool failed, bool returns)
    {
        _loop?.EndLeases();
        Withdraw(reason, failed, returns);
    }

    private void Withdraw(string reason, bool failed, bool returns)
    {
        _coordinator.Tell(new WorkerProtocol.Withdrawn(_start.Worker, reason, failed, returns));
        Context.Stop(Self);
    }
}
