using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>Hosts this node's worker, one job at a time.</summary>
internal sealed class WorkerNodeActor : ReceiveActor
{
    private readonly WorkerContext _context;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _worker;
    private IActorRef? _leaver;

    /// <summary>Node → worker node: end in order. Answered by <see cref="Left"/>.</summary>
    public sealed record Leave(string Reason);

    /// <summary>Worker node → node: nothing is held any more.</summary>
    public sealed record Left;

    private sealed record Ended(IActorRef Worker);

    public static Props Props(WorkerContext context) => Akka.Actor.Props.Create(() => new WorkerNodeActor(context));

    public WorkerNodeActor(WorkerContext context)
    {
        _context = context;
        Receive<WorkerProtocol.Prepare>(prepare =>
        {
            if (_worker is not null) Context.Stop(_worker);
            _log.Info("Joining job {0}", prepare.Job.Name);
            _worker = Context.ActorOf(WorkerActor.Props(prepare.JobId, prepare.Job, Sender, _context));
            Context.WatchWith(_worker, new Ended(_worker));
        });
        Receive<Ended>(ended =>
        {
            if (ended.Worker.Equals(_worker)) _worker = null;
            if (_worker is null) _leaver?.Tell(new Left());
        });
        Receive<Leave>(leave =>
        {
            _leaver = Sender;
            if (_worker is null) _leaver.Tell(new Left());
            else _worker.Tell(new WorkerActor.Leave(leave.Reason));
        });
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);
}
