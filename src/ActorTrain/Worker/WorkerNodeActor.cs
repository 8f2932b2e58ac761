using ActorTrain.Protocol;
using ActorTrain.Remedies;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// Hosts this node's worker, one job at a time. After a failure of the engine it starts another worker with a new
/// engine, after a pause.
/// </summary>
internal sealed class WorkerNodeActor : ReceiveActor, IWithTimers
{
    private const int Restarts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A job that follows at once reuses the memory of the one before.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);
    private readonly WorkerContext _context;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private BackOff _restarts = new(FirstPause, LongestPause, Restarts);
    private IActorRef? _worker;
    private IActorRef? _replyTo;
    private StartWorker? _started;

    /// <summary>Node → worker node: leave the job and stop. Answered by <see cref="Left"/>.</summary>
    public sealed record Leave(string Reason);

    /// <summary>Worker node → node: the worker has stopped.</summary>
    public sealed record Left;

    private sealed record WorkerStopped(IActorRef Worker);

    private sealed record Idle;

    private sealed record StartWorker(WorkerProtocol.Prepare Prepare, IActorRef Job);

    public static Props Props(WorkerContext context) => Akka.Actor.Props.Create(() => new WorkerNodeActor(context));

    public WorkerNodeActor(WorkerContext context)
    {
        _context = context;
        Receive<WorkerProtocol.Prepare>(prepare =>
        {
            // The coordinator does not know yet that this node leaves.
            if (_replyTo is not null)
                return;
            if (_worker is not null && _started?.Prepare.JobId == prepare.JobId)
            {
                // Another coordinator adopts the job: the engine is ready.
                _started = new StartWorker(prepare, Sender);
                _worker.Forward(prepare);
                return;
            }
            _log.JobJoined(prepare.Job.Name);
            _restarts = new BackOff(FirstPause, LongestPause, Restarts);
            Start(prepare, Sender);
        });
        Receive<WorkerActor.EngineFailed>(_ =>
        {
            if (!Sender.Equals(_worker) || _started is null || _restarts.Next() is not { } pause)
                return;
            _log.EngineRestarts(pause.TotalSeconds);
            Timers.StartSingleTimer("start-worker", _started, pause);
        });
        Receive<StartWorker>(again => Start(again.Prepare, again.Job));
        Receive<WorkerProtocol.Close>(close =>
        {
            if (_started?.Prepare.JobId != close.JobId)
                return;
            Timers.Cancel("start-worker");
            // The job may begin once more, from a checkpoint.
            _started = null;
            if (_worker is not null)
                Context.Stop(_worker);
        });
        Receive<WorkerStopped>(stopped =>
        {
            if (stopped.Worker.Equals(_worker))
                _worker = null;
            if (_worker is not null)
                return;
            _replyTo?.Tell(new Left());
            Timers.StartSingleTimer("idle", new Idle(), IdleAfter);
        });
        Receive<Idle>(_ => _context.Lane.GiveBack());
        Receive<Leave>(leave =>
        {
            Timers.Cancel("start-worker");
            _replyTo = Sender;
            if (_worker is null)
                _replyTo.Tell(new Left());
            else
                _worker.Tell(new WorkerActor.Leave(leave.Reason));
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _context.Engines.NodeStarted();

    protected override void PostStop() => _context.Engines.NodeStopped();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Start(WorkerProtocol.Prepare prepare, IActorRef job)
    {
        Timers.Cancel("start-worker");
        Timers.Cancel("idle");
        if (_worker is not null)
            Context.Stop(_worker);
        _worker = Context.ActorOf(WorkerActor.Props(prepare.JobId, prepare.Job, job, _context, _restarts.HasNext));
        Context.WatchWith(_worker, new WorkerStopped(_worker));
        _started = new StartWorker(prepare, job);
    }
}
