using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// Hosts this node's worker, one job at a time. A worker whose engine failed is followed by another, with a new engine,
/// after a pause.
/// </summary>
internal sealed class WorkerNodeActor : ReceiveActor, IWithTimers
{
    private const int Restarts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // Jobs in a row use again what the one before had.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);
    private readonly WorkerContext _context;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private BackOff _restarts = new(FirstPause, LongestPause, Restarts);
    private IActorRef? _worker;
    private IActorRef? _leaver;
    private BeginAgain? _begun;

    /// <summary>Node → worker node: end in order. Answered by <see cref="Left"/>.</summary>
    public sealed record Leave(string Reason);

    /// <summary>Worker node → node: nothing is held any more.</summary>
    public sealed record Left;

    private sealed record Ended(IActorRef Worker);

    private sealed record Idle;

    private sealed record BeginAgain(WorkerProtocol.Prepare Prepare, IActorRef Job);

    public static Props Props(WorkerContext context) => Akka.Actor.Props.Create(() => new WorkerNodeActor(context));

    public WorkerNodeActor(WorkerContext context)
    {
        _context = context;
        Receive<WorkerProtocol.Prepare>(prepare =>
        {
            // The coordinator has not heard of it yet.
            if (_leaver is not null)
                return;
            if (_worker is not null && _begun?.Prepare.JobId == prepare.JobId)
            {
                // Another coordinator goes on with the job: the engine is ready, and knows it.
                _begun = new BeginAgain(prepare, Sender);
                _worker.Forward(prepare);
                return;
            }
            _log.Info("Joining job {0}", prepare.Job.Name);
            _restarts = new BackOff(FirstPause, LongestPause, Restarts);
            Begin(prepare, Sender);
        });
        Receive<WorkerActor.EngineFailed>(_ =>
        {
            if (!Sender.Equals(_worker) || _restarts.Next() is not { } pause)
                return;
            _log.Info("A new engine is made in {0:0} s", pause.TotalSeconds);
            Timers.StartSingleTimer("begin-again", _begun!, pause);
        });
        Receive<BeginAgain>(again => Begin(again.Prepare, again.Job));
        Receive<WorkerProtocol.Close>(close =>
        {
            if (_begun?.Prepare.JobId != close.JobId)
                return;
            Timers.Cancel("begin-again");
            if (_worker is not null)
                Context.Stop(_worker);
        });
        Receive<Ended>(ended =>
        {
            if (ended.Worker.Equals(_worker))
                _worker = null;
            if (_worker is not null)
                return;
            _leaver?.Tell(new Left());
            Timers.StartSingleTimer("idle", new Idle(), IdleAfter);
        });
        Receive<Idle>(_ => _context.Lane.GiveBack());
        Receive<Leave>(leave =>
        {
            Timers.Cancel("begin-again");
            _leaver = Sender;
            if (_worker is null)
                _leaver.Tell(new Left());
            else
                _worker.Tell(new WorkerActor.Leave(leave.Reason));
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _context.Engines.NodeStarted();

    protected override void PostStop() => _context.Engines.NodeStopped();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Begin(WorkerProtocol.Prepare prepare, IActorRef job)
    {
        Timers.Cancel("begin-again");
        Timers.Cancel("idle");
        if (_worker is not null)
            Context.Stop(_worker);
        _worker = Context.ActorOf(WorkerActor.Props(prepare.JobId, prepare.Job, job, _context, _restarts.HasNext));
        Context.WatchWith(_worker, new Ended(_worker));
        _begun = new BeginAgain(prepare, job);
    }
}
