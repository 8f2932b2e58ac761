using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Telemetry;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// Evaluates while training continues, with an engine and a thread of its own, created at the first evaluation. The
/// parameters are pulled at the request, and evaluated one set after the other.
/// </summary>
internal sealed class EvaluatorActor : ReceiveActor, IWithUnboundedStash
{
    private readonly JobOptions _job;
    private readonly IActorRef _coordinator;
    private readonly WorkerProtocol.Start _start;
    private readonly ModelDescription _model;
    private readonly WorkerContext _context;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _engine;
    private int _lastEpoch;

    public static Props Props(
        JobOptions job,
        IActorRef coordinator,
        WorkerProtocol.Start start,
        ModelDescription model,
        WorkerContext context
    ) => Akka.Actor.Props.Create(() => new EvaluatorActor(job, coordinator, start, model, context));

    public EvaluatorActor(
        JobOptions job,
        IActorRef coordinator,
        WorkerProtocol.Start start,
        ModelDescription model,
        WorkerContext context
    )
    {
        (_job, _coordinator, _start, _model, _context) = (job, coordinator, start, model, context);
        Waiting();
    }

    public IStash Stash { get; set; } = null!;

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    protected override SupervisorStrategy SupervisorStrategy() => EngineActor.StopAndTell(Self);

    private void Waiting()
    {
        Receive<WorkerProtocol.Evaluate>(evaluate =>
        {
            _lastEpoch = evaluate.Epoch;
            Become(() =>
                Pulling(evaluate.Epoch, new float[_model.Parameters.Length], new float[_model.Buffers.Length])
            );
        });
        Evaluating();
    }

    private void Pulling(int epoch, float[] parameters, float[] state)
    {
        Context.ActorOf(PullActor.Props(_start.Shards, _start.Buffers, _context.Lane, parameters, state, epoch));
        Receive<PullActor.Completed>(pulled =>
        {
            if (!pulled.IsOfEpoch)
            {
                _coordinator.Tell(
                    new WorkerProtocol.EvaluationFailed(
                        _start.Worker,
                        epoch,
                        $"the weights of epoch {epoch} are not kept any more",
                        IsPast: true
                    )
                );
                Stash.UnstashAll();
                Become(Waiting);
                return;
            }
            GetEngine().Tell(new EngineProtocol.Evaluate(epoch, parameters, pulled.HasBuffers ? state : null));
            Stash.UnstashAll();
            Become(Waiting);
        });
        Receive<PullActor.Lost>(lost =>
        {
            _coordinator.Tell(
                lost.HasStopped
                    ? new WorkerProtocol.EvaluationPostponed(_start.Worker)
                    : new WorkerProtocol.EvaluationFailed(_start.Worker, epoch, lost.Reason)
            );
            Stash.UnstashAll();
            Become(Waiting);
        });
        Receive<WorkerProtocol.Evaluate>(_ => Stash.Stash());
        Evaluating();
    }

    private void Evaluating()
    {
        Receive<EngineProtocol.Evaluated>(evaluated =>
            _coordinator.Tell(new WorkerProtocol.Evaluated(evaluated.Epoch, evaluated.Evaluation))
        );
        Receive<EngineProtocol.Loaded>(_ => { });
        Receive<EngineProtocol.CannotLoad>(failure => Fail(failure.Reason));
        Receive<EngineProtocol.Failed>(failure => Fail(failure.Reason));
    }

    private IActorRef GetEngine()
    {
        if (_engine is not null)
            return _engine;
        _engine = Context.ActorOf(
            EngineActor.Props(_context, _job, DispatcherNames.Compute, measure: null, _stopping.Token)
        );
        _engine.Tell(new EngineProtocol.Load());
        return _engine;
    }

    private void Fail(string reason)
    {
        _log.EvaluationFailed(_lastEpoch, reason);
        _engine = null;
        _coordinator.Tell(new WorkerProtocol.EvaluationFailed(_start.Worker, _lastEpoch, reason));
    }
}
