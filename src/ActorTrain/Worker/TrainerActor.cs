using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// The training loop: takes leases, has gradients computed, pushes each to every shard and goes on with the parameters
/// that come back. While pushes are on their way it computes on, as far ahead as the job's overlap allows. Which
/// gradients they take, shards say: where training is synchronous, it waits until they take one that it can compute.
/// </summary>
internal sealed class TrainerActor : ReceiveActor, IWithTimers
{
    private readonly JobOptions _job;
    private readonly IActorRef _coordinator;
    private readonly WorkerProtocol.Start _start;
    private readonly IActorRef _engine;
    private readonly EngineActor.Loaded _buffers;
    private readonly WorkerContext _context;
    private readonly Stack<TensorBuffer> _gradients = [];
    private readonly List<PartExchange> _pushed = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private IDisposable? _admission;
    private ReceivedParameters _received = null!;
    private PartExchange? _computing;
    private (int Epoch, ReadOnlyMemory<int> Positions) _order;
    private (int Epoch, long Samples) _trained;
    private readonly HeldLeases _held = new();
    private AwaitedPart? _awaited;
    private IActorRef _stepWatch = ActorRefs.Nobody;
    private TimeSpan? _requestedAt;
    private string? _leaving;
    private int _most;
    private int _largest;

    /// <summary>
    /// Worker → trainer: finish the micro-batches under way, push what they came to, give back the rest, and end.
    /// </summary>
    public sealed record LeaveAfterPart(string Reason);

    /// <summary>Worker → trainer: there is no engine any more; give everything back and end.</summary>
    public sealed record LeaveNow(string Reason, bool Returns);

    private sealed record LookForSilence;

    public static Props Props(
        JobOptions job,
        IActorRef coordinator,
        WorkerProtocol.Start start,
        IActorRef engine,
        EngineActor.Loaded buffers,
        WorkerContext context
    ) =>
        Akka
            .Actor.Props.Create(() => new TrainerActor(job, coordinator, start, engine, buffers, context))
            .WithDispatcher(DispatcherNames.Training);

    public TrainerActor(
        JobOptions job,
        IActorRef coordinator,
        WorkerProtocol.Start start,
        IActorRef engine,
        EngineActor.Loaded buffers,
        WorkerContext context
    )
    {
        (_job, _coordinator, _start, _engine, _buffers, _context) = (job, coordinator, start, engine, buffers, context);
        _most = buffers.Measured.MostSamples < job.Batch ? buffers.Measured.MostSamples : int.MaxValue;
        for (var i = 0; i <= job.Overlap; i++)
            _gradients.Push(context.Lane.Memory.Rent(buffers.Parameters.Length));
        Pulling();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        // Nothing comes where the weights are what they were.
        _admission = _context.Lane.Admit(Self, _start.Shards.Select(place => place.Slice.Length).Append(0).ToHashSet());
        Context.ActorOf(
            SnapshotActor.Props(_start.Shards, _start.ModelState, _context.Lane, _buffers.Parameters, _buffers.State),
            "pull"
        );
    }

    // The gradient that the engine writes, and those that shards may still read, are left to the collector.
    protected override void PostStop()
    {
        _admission?.Dispose();
        _received?.Release();
        foreach (var gradient in _gradients)
            gradient.Release();
    }

    private void Pulling()
    {
        Receive<SnapshotActor.Taken>(taken =>
        {
            _received = new ReceivedParameters(
                [.. _start.Shards.Select(place => place.Slice)],
                taken.Versions,
                taken.Steps
            );
            Become(Training);
        });
        Receive<SnapshotActor.Lost>(lost => End(lost.Reason, failed: true, returns: false));
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<LeaveAfterPart>(leave => End(leave.Reason, failed: false, returns: false));
        Receive<LeaveNow>(leave => End(leave.Reason, failed: true, leave.Returns));
    }

    private void Training()
    {
        // Looked for twice as often as the patience lasts: a push waits no longer than one and a half times as long.
        Timers.StartPeriodicTimer("silence", new LookForSilence(), _context.ResendAfter / 2);
        Receive<WorkerProtocol.Granted>(Take);
        Receive<EngineActor.Computed>(Computed);
        Receive<EngineActor.OutOfMemory>(Halve);
        Receive<ShardProtocol.Pushed>(Judged);
        Receive<ShardProtocol.Awaited>(Awaited);
        Receive<WorkerProtocol.Recall>(_ => LeaveToOthers());
        Receive<LookForSilence>(_ => SendAgain(since: Now - _context.ResendAfter));
        // What a broken connection has swallowed is not known here: whatever is not answered is sent again.
        Receive<LaneProtocol.Broken>(_ => SendAgain(since: Now));
        Receive<LeaveAfterPart>(leave =>
        {
            _leaving = leave.Reason;
            _engine.Tell(new EngineActor.Curtail());
            GoOn();
        });
        Receive<LeaveNow>(leave => End(leave.Reason, failed: true, leave.Returns));
        GoOn();
    }

    /// <summary>
    /// This life has ended, by the coordinator's word to a shard. What is held is somebody else's by now; the node's
    /// next life begins elsewhere.
    /// </summary>
    private void Fenced()
    {
        Timers.Cancel("silence");
        Receive<ShardProtocol.Pushed>(late => late.Payload.Release());
        Receive<ShardProtocol.Awaited>(late => late.Payload.Release());
        Receive<WorkerProtocol.Recall>(_ => { });
        Receive<LeaveAfterPart>(leave => Withdraw(leave.Reason, failed: false, returns: false));
        Receive<LeaveNow>(leave => Withdraw(leave.Reason, failed: true, leave.Returns));
        Receive<EngineActor.Computed>(_ => { });
        Receive<EngineActor.OutOfMemory>(_ => { });
        Receive<WorkerProtocol.Granted>(_ => { });
        Receive<LaneProtocol.Broken>(_ => { });
    }

    private void GoOn()
    {
        if (_leaving is { } reason)
        {
            if (_computing is null && _pushed.Count == 0)
                End(reason, failed: false, returns: false);
            return;
        }
        if (_computing is not null || _pushed.Count > _job.Overlap)
            return;
        if (_held.NextFor(_received) is { } run)
        {
            Compute(run);
            return;
        }
        AwaitFirst();
        if (_requestedAt is null)
            RequestLease();
    }

    // Whatever the shards take first: of two parts that are held, the one that comes first in the job.
    private void AwaitFirst()
    {
        if (_held.First is not { } part)
            _awaited = null;
        else if (_awaited?.Part != part)
            Await(part);
    }

    private void Await(LeasePart part)
    {
        if (_awaited?.Part != part)
            _awaited = new AwaitedPart(part, _start.Shards.Length);
        _awaited.AskedAt = Now;
        foreach (var shard in _received.NotFor(part))
            _start.Shards[shard].Shard.Tell(new ShardProtocol.Await(_start.Worker, part));
    }

    private void Awaited(ShardProtocol.Awaited awaited)
    {
        // Another part has come between, and this one is awaited anew.
        if (_awaited is not { } asked || asked.Part != awaited.Part)
        {
            awaited.Payload.Release();
            return;
        }
        _received.Put(awaited.Shard, awaited.Version, awaited.Step, awaited.Payload);
        if (asked.IsDone(awaited.Shard, awaited.IsApplied) && _held.With(awaited.Part) is { } run)
        {
            run.Skip();
            if (run.IsDone)
                EndRun(run);
        }
        GoOn();
    }

    private void Compute(LeaseRun run)
    {
        _awaited = null;
        var part = run.Next(Now)!.Value;
        // Asked for ahead of need, so that the engine does not wait for a lease.
        if (_requestedAt is null && _held.AllBegun)
            RequestLease();
        if (_trained.Epoch < part.Epoch)
            _trained = (part.Epoch, 0);
        var (fresh, versions) = _received.Take();
        _computing = new PartExchange(part, run, versions, _gradients.Pop())
        {
            Abandon = run.IsRaced ? new CancellationTokenSource() : null,
        };
        if (_computing.Abandon is { } abandon)
        {
            if (_stepWatch.IsNobody())
                _stepWatch = Context.ActorOf(StepWatchActor.Props(_start.Shards[0].Shard, _start.Worker), "step-watch");
            _stepWatch.Tell(new StepWatchActor.Watch(versions[0], abandon));
        }
        _engine.Tell(
            new EngineActor.Compute(
                fresh,
                SamplesOf(part),
                SampleOrder.SeedOf(_job.Seed, part),
                _computing.Gradient.Values,
                run.LocalOf(part),
                _computing.Abandon?.Token ?? CancellationToken.None
            )
        );
    }

    private void Computed(EngineActor.Computed computed)
    {
        if (_computing is not { } exchange)
            return;
        _computing = null;
        if (exchange.Abandon is { IsCancellationRequested: true })
        {
            GiveUp(exchange);
            return;
        }
        exchange.Computed(computed.Result, computed.Samples);
        if (computed.NotFinite is { } spoilt)
        {
            Refuse(exchange, spoilt);
            return;
        }
        _largest = Math.Max(_largest, exchange.Run.LocalOf(exchange.Part)?.Steps[0].Count ?? exchange.Part.Count);
        _trained.Samples += exchange.Part.Count;
        _pushed.Add(exchange);
        Push(exchange);
        // Now, while the engine rests and leaves the state as it is.
        if (exchange.Run.AllBegun)
            ReportState();
        GoOn();
    }

    // Nothing is pushed that a shard would refuse: the samples are done again, as those that it has refused.
    private void Refuse(PartExchange exchange, string reason)
    {
        _gradients.Push(exchange.Gradient);
        exchange.Run.Judged(
            exchange.Part,
            applied: false,
            new WorkerProtocol.RefusedPart(exchange.Part, Refusal.NotFinite, reason),
            exchange.Loss
        );
        if (exchange.Run.AllBegun)
            ReportState();
        if (exchange.Run.IsDone)
            EndRun(exchange.Run);
        // Nothing comes back of what is not pushed: newer parameters, with which it may go better, are asked for.
        _received.Outdate();
        GoOn();
    }

    // Its samples go to whoever takes part in a later step.
    private void GiveUp(PartExchange exchange)
    {
        _gradients.Push(exchange.Gradient);
        exchange.Run.Abandon(exchange.Part);
        if (exchange.Run.IsDone)
            EndRun(exchange.Run);
        _received.Outdate();
        GoOn();
    }

    private void Halve(EngineActor.OutOfMemory shortage)
    {
        if (_computing is not { } exchange)
            return;
        _computing = null;
        _gradients.Push(exchange.Gradient);
        if (shortage.Samples <= _job.LeastMicroBatch)
        {
            End(TooLittleMemory(shortage), failed: true, returns: false);
            return;
        }
        // What it has held before it holds again.
        _most = Math.Max(
            Math.Max(shortage.Samples / 2, _job.LeastMicroBatch),
            Math.Min(_largest, shortage.Samples - 1)
        );
        exchange.Run.Recut(exchange.Part, _most);
        _held.Recut(_most);
        _coordinator.Tell(new WorkerProtocol.OutOfMemory(_start.Worker, shortage.Samples, _most, shortage.Reason));
        GoOn();
    }

    private string TooLittleMemory(EngineActor.OutOfMemory shortage) =>
        shortage.Samples == 1
            ? $"a single sample is too much for the device: {shortage.Reason}"
            : $"{Plural.Of(shortage.Samples, "sample")} are too many for the device, and a gradient is of at least "
                + $"{_job.LeastMicroBatch} (micro-batch-floor): {shortage.Reason}";

    private void Push(PartExchange exchange)
    {
        exchange.PushedAt = Now;
        foreach (var index in exchange.Awaited)
        {
            var (slice, shard) = _start.Shards[index];
            var gradient = exchange.Gradient.Share(slice.Offset, slice.Length, _job.Payload);
            _context.Lane.Tell(
                shard,
                new ShardProtocol.Push(exchange.Part, _start.Worker, exchange.Versions[index], gradient)
                {
                    Untouched = FlatRange.In(slice, exchange.Untouched),
                },
                Self
            );
        }
    }

    private void Judged(ShardProtocol.Pushed pushed)
    {
        if (pushed.Verdict.Refusal == Refusal.PastLife)
        {
            pushed.Payload.Release();
            _log.Info("{0} refused a push: {1}", Sender.Path, pushed.Verdict.Reason);
            Become(Fenced);
            return;
        }
        _received.Offer(pushed.Shard, pushed.Version, pushed.Step, pushed.Payload);
        // A second answer to a push that was sent twice finds nobody.
        if (
            _pushed.Find(exchange => exchange.Part == pushed.Part) is not { } exchange
            || !exchange.Take(pushed.Shard, pushed.Verdict)
        )
            return;
        if (exchange.Awaited.Count > 0)
            return;
        _pushed.Remove(exchange);
        _gradients.Push(exchange.Gradient);
        exchange.Run.Judged(exchange.Part, exchange.Applied, Named(exchange.Refused), exchange.Loss);
        if (exchange.Run.IsDone)
            EndRun(exchange.Run);
        GoOn();
    }

    // Shards know positions of the epoch's order; whoever looks for the sample knows its index in the data set.
    private WorkerProtocol.RefusedPart? Named(WorkerProtocol.RefusedPart? refused) =>
        refused is { Refusal: Refusal.NotFinite }
            ? refused with
            {
                Reason = $"the gradient of {SampleNames.Of(SamplesOf(refused.Part).Span)} is not finite",
            }
            : refused;

    private ReadOnlyMemory<int> SamplesOf(LeasePart part)
    {
        if (_order.Epoch != part.Epoch)
            _order = (part.Epoch, SampleOrder.Of(_job.Seed, part.Epoch, _buffers.Dataset.TrainSamples));
        return _order.Positions.Slice(part.Start, part.Count);
    }

    private void SendAgain(TimeSpan since)
    {
        foreach (var exchange in _pushed.Where(exchange => exchange.PushedAt <= since))
        {
            _log.Debug(
                "Shards {0} have not answered for {1}: pushing again",
                string.Join(", ", exchange.Awaited),
                exchange.Part
            );
            Push(exchange);
        }
        if (_awaited is { } awaited && awaited.AskedAt <= since)
            Await(awaited.Part);
        // A grant can be lost with a connection: asked for again, and what comes twice is given back.
        if (_requestedAt <= since)
            RequestLease();
    }

    private void RequestLease()
    {
        _requestedAt = Now;
        _coordinator.Tell(new WorkerProtocol.RequestLease(_start.Worker));
    }

    private void Take(WorkerProtocol.Granted granted)
    {
        var lease = granted.Lease;
        // Asked for twice, and come twice.
        if (_requestedAt is null || _leaving is not null)
        {
            GiveBack(lease);
            return;
        }
        _requestedAt = null;
        // Others went on while this one waited: what is here is too old.
        if (granted.IsPaced && _held.IsEmpty && _trained.Samples > 0)
            _received.Outdate();
        _held.Add(new LeaseRun(lease, _most, granted.IsRaced));
        GoOn();
    }

    private void LeaveToOthers()
    {
        foreach (var run in _held.All)
        {
            run.Leave();
            if (run.IsDone)
                EndRun(run);
        }
        GoOn();
    }

    private void GiveBack(Lease lease) =>
        _coordinator.Tell(
            new WorkerProtocol.LeaseEnded(
                _start.Worker,
                lease.Id,
                [lease.Stretch],
                [],
                new WorkerProtocol.LeaseAccount(0, 0, 0, 0, 0)
            )
        );

    private void ReportState()
    {
        if (_start.ModelState is not { } modelState)
            return;
        var state = TensorSlice.CopyOf(_buffers.State.Span);
        _context.Lane.Tell(
            modelState,
            new ModelStateProtocol.Report(_start.Worker, _trained.Epoch, _trained.Samples, state),
            Self
        );
    }

    private void EndRun(LeaseRun run)
    {
        _held.Remove(run);
        _coordinator.TellInPages(Context.System, run.End(_start.Worker, Now), Self);
    }

    private void End(string reason, bool failed, bool returns)
    {
        if (_held.IsInTheMiddle && _computing is null)
            ReportState();
        foreach (var run in _held.All)
            EndRun(run);
        Withdraw(reason, failed, returns);
    }

    private void Withdraw(string reason, bool failed, bool returns)
    {
        _coordinator.Tell(new WorkerProtocol.Withdrawn(_start.Worker, reason, failed, returns));
        Context.Stop(Self);
    }
}
