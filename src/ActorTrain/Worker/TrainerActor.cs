using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Server;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>The training loop: takes leases, has gradients computed, pushes them to every shard and goes on with what comes back.</summary>
internal sealed class TrainerActor : ReceiveActor, IWithTimers
{
    private readonly JobOptions _job;
    private readonly IActorRef _coordinator;
    private readonly WorkerProtocol.Start _start;
    private readonly IActorRef _engine;
    private readonly EngineActor.Loaded _buffers;
    private readonly WorkerContext _context;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private IDisposable? _admission;
    private PartExchange _exchange = null!;
    private (int Epoch, int[] Positions) _order;
    private (int Epoch, long Samples) _trained;
    private LeaseRun? _run;
    private Lease? _next;
    private readonly Memory<float> _gradient;
    private double _loss;
    private bool _requested;
    private string? _leaving;

    /// <summary>Worker → trainer: finish the micro-batch under way, give back the rest, and end.</summary>
    public sealed record LeaveAfterPart(string Reason);

    /// <summary>Worker → trainer: there is no engine any more; give everything back and end.</summary>
    public sealed record LeaveNow(string Reason);

    private sealed record SendAgain;

    public static Props Props(
        JobOptions job, IActorRef coordinator, WorkerProtocol.Start start, IActorRef engine, EngineActor.Loaded buffers, WorkerContext context) =>
        Akka.Actor.Props.Create(() => new TrainerActor(job, coordinator, start, engine, buffers, context));

    public TrainerActor(
        JobOptions job, IActorRef coordinator, WorkerProtocol.Start start, IActorRef engine, EngineActor.Loaded buffers, WorkerContext context)
    {
        (_job, _coordinator, _start, _engine, _buffers, _context) = (job, coordinator, start, engine, buffers, context);
        _gradient = new float[buffers.Parameters.Length];
        Pulling();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        _admission = _context.Lane.Admit(Self, _start.Shards.Select(place => place.Slice.Length).ToHashSet());
        Context.ActorOf(SnapshotActor.Props(_start.Shards, _start.ModelState, _context.Lane, _buffers.Parameters, _buffers.State), "pull");
    }

    protected override void PostStop() => _admission?.Dispose();

    private void Pulling()
    {
        Receive<SnapshotActor.Taken>(taken =>
        {
            _exchange = new PartExchange([.. _start.Shards.Select(place => place.Slice)], _buffers.Parameters, taken.Versions);
            Become(AwaitingLease);
        });
        Receive<SnapshotActor.Lost>(lost => End(lost.Reason, failed: true));
        Receive<LeaveAfterPart>(leave => End(leave.Reason, failed: false));
        Receive<LeaveNow>(leave => End(leave.Reason, failed: true));
    }

    private void AwaitingLease()
    {
        // A grant can be lost with a connection: asked for again, and what comes twice is given back.
        Timers.StartPeriodicTimer("send-again", new SendAgain(), _context.ResendAfter);
        if (!_requested) RequestLease();
        Receive<WorkerProtocol.Granted>(granted => Begin(granted.Lease));
        Receive<SendAgain>(_ => RequestLease());
        Receive<ShardProtocol.Pushed>(late => late.Payload.Release());
        Receive<LeaveAfterPart>(leave => End(leave.Reason, failed: false));
        Receive<LeaveNow>(leave => End(leave.Reason, failed: true));
    }

    private void Computing()
    {
        Receive<EngineActor.Computed>(computed =>
        {
            _loss = computed.Result.Loss;
            Become(Pushing);
        });
        WhileInLease();
    }

    private void Pushing()
    {
        Timers.StartPeriodicTimer("send-again", new SendAgain(), _context.ResendAfter);
        Push();
        Receive<ShardProtocol.Pushed>(pushed =>
        {
            var last = _exchange.Take(pushed.Shard, pushed.Part, pushed.Verdict, pushed.Version, pushed.Payload.Values.Span);
            pushed.Payload.Release();
            if (last) GoOn();
        });
        Receive<SendAgain>(_ =>
        {
            _log.Debug("Shards {0} have not answered for {1}: pushing again", string.Join(", ", _exchange.Awaited), _exchange.Part);
            Push();
        });
        WhileInLease();
    }

    private void WhileInLease()
    {
        Receive<WorkerProtocol.Granted>(granted =>
        {
            _requested = false;
            if (_next is null) _next = granted.Lease;
            else GiveBack(granted.Lease);
        });
        // A second answer to a push that was sent twice.
        Receive<ShardProtocol.Pushed>(late => late.Payload.Release());
        Receive<SendAgain>(_ => { });
        Receive<LeaveAfterPart>(leave => _leaving = leave.Reason);
        Receive<LeaveNow>(leave => End(leave.Reason, failed: true));
    }

    private void RequestLease()
    {
        _requested = true;
        _coordinator.Tell(new WorkerProtocol.RequestLease(_start.Worker));
    }

    private void GiveBack(Lease lease) =>
        _coordinator.Tell(new WorkerProtocol.LeaseEnded(_start.Worker, lease.Id, [lease.Stretch], 0, 0, 0));

    private void Begin(Lease lease)
    {
        var epoch = lease.Stretch.Epoch;
        Timers.Cancel("send-again");
        _run = new LeaseRun(lease, _job.Batch, Now);
        (_next, _requested) = (null, false);
        if (_order.Epoch != epoch) _order = (epoch, SampleOrder.Of(_job.Seed, epoch, _buffers.Dataset.TrainSamples));
        if (_trained.Epoch != epoch) _trained = (epoch, 0);
        Compute(_run.Next()!.Value);
    }

    private void Compute(LeasePart part)
    {
        // Asked for ahead of need, so that the engine does not wait for a lease.
        if (_run!.AtLast && _next is null) RequestLease();
        _exchange.Begin(part);
        _engine.Tell(new EngineActor.Compute(_order.Positions.AsMemory(part.Start, part.Count), SampleOrder.SeedOf(_job.Seed, part), _gradient));
        Become(Computing);
    }

    private void Push()
    {
        foreach (var index in _exchange.Awaited.ToArray())
        {
            var (slice, shard) = _start.Shards[index];
            var gradient = TensorSlice.Of(_gradient.Slice(slice.Offset, slice.Length));
            _context.Lane.Tell(shard, new ShardProtocol.Push(_exchange.Part, _start.Worker, _exchange.Versions[index], gradient), Self);
        }
    }

    private void GoOn()
    {
        Timers.Cancel("send-again");
        _run!.Judged(_exchange.Applied, _exchange.Refused, _loss);
        _trained.Samples += _exchange.Part.Count;
        if (_leaving is not null) End(_leaving, failed: false);
        else if (_run.Next() is { } part) Compute(part);
        else EndLease();
    }

    private void EndLease()
    {
        EndRun();
        if (_next is { } lease) Begin(lease);
        else Become(AwaitingLease);
    }

    private void EndRun()
    {
        if (_run is null) return;
        if (_start.ModelState is { } modelState)
            _context.Lane.Tell(
                modelState,
                new ModelStateProtocol.Report(_start.Worker, _trained.Epoch, _trained.Samples, TensorSlice.CopyOf(_buffers.State.Span)), Self);
        _coordinator.Tell(_run.End(_start.Worker, Now));
        _run = null;
    }

    private void End(string reason, bool failed)
    {
        EndRun();
        if (_next is { } lease) GiveBack(lease);
        _coordinator.Tell(new WorkerProtocol.Withdrawn(_start.Worker, reason, failed));
        Context.Stop(Self);
    }
}
