using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Worker;

/// <summary>
/// The loop of one incarnation: requests leases, has gradients computed, pushes each to every shard and continues with
/// the parameters that come back. It computes while pushes are unanswered, up to the job's pushes in flight. The shards
/// say which gradients they take: in synchronous training it waits until they take one that it can compute.
/// </summary>
internal sealed class TrainingLoop
{
    private readonly JobOptions _job;
    private readonly IActorRef _coordinator;
    private readonly WorkerProtocol.Start _start;
    private readonly IActorRef _engine;
    private readonly BufferReports _reports;
    private readonly ReceivedParameters _received;
    private readonly IActorContext _actor;
    private readonly Action<string, bool> _leave;
    private readonly ILoggingAdapter _log;
    private readonly Stack<TensorBuffer> _gradients = [];
    private readonly SampleIndices _indices;
    private readonly MicroBatchLimit _limit;
    private readonly LeaseClient _leases;
    private readonly ShardPushes _pushes;
    private readonly ParameterRequests _requests;
    private PartExchange? _computing;
    private IActorRef _stepWatch = ActorRefs.Nobody;
    private string? _leaving;

    /// <param name="job">The job.</param>
    /// <param name="start">The worker's incarnation, and the job's shards.</param>
    /// <param name="coordinator">The actor that grants leases.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="buffers">The engine's parameters and buffers.</param>
    /// <param name="lane">The tensor lane.</param>
    /// <param name="received">The parameters that the engine has.</param>
    /// <param name="actor">The actor that the loop runs in.</param>
    /// <param name="leave">Ends the loop, with the reason and whether it failed.</param>
    public TrainingLoop(
        JobOptions job,
        WorkerProtocol.Start start,
        IActorRef coordinator,
        IActorRef engine,
        EngineProtocol.Loaded buffers,
        ITensorLane lane,
        ReceivedParameters received,
        IActorContext actor,
        Action<string, bool> leave
    )
    {
        (_job, _start, _coordinator, _engine) = (job, start, coordinator, engine);
        (_received, _actor, _leave, _log) = (received, actor, leave, actor.GetLogger());
        _indices = new SampleIndices(job.Seed, buffers.Dataset.TrainSamples);
        _limit = new MicroBatchLimit(
            buffers.Measured.MostSamples < job.BatchSize ? buffers.Measured.MostSamples : int.MaxValue,
            job.SmallestMicroBatch
        );
        _leases = new LeaseClient(coordinator, start.Worker, actor.System, actor.Self);
        _pushes = new ShardPushes(lane, start.Shards, start.Worker, job.TransferDType, actor.Self);
        _requests = new ParameterRequests(start.Shards, start.Worker, actor.Self);
        _reports = new BufferReports(lane, start.Buffers, start.Worker, buffers.Buffers, actor.Self);
        for (var i = 0; i <= job.MaxInFlightPushes; i++)
            _gradients.Push(lane.Memory.Rent(buffers.Parameters.Length));
    }

    private TimeSpan Now => _actor.System.Scheduler.MonotonicClock;

    // Gradients that the engine may write or shards may read are left to the garbage collector.
    public void Release()
    {
        _received.Release();
        foreach (var gradient in _gradients)
            gradient.Release();
    }

    /// <summary>Finishes the part under way, and leaves once its push is answered.</summary>
    public void LeaveAfterPart(string reason)
    {
        _leaving = reason;
        _engine.Tell(new EngineProtocol.StopLocalSteps(), _actor.Self);
        Continue();
    }

    /// <summary>Returns the parts of its leases that have not been begun.</summary>
    public void ReturnUnbegun()
    {
        if (_leases.Held.IsPartlyBegun && _computing is null)
            _reports.Report();
        _leases.ReturnUnbegun(Now);
        Continue();
    }

    /// <summary>Ends all leases, and returns what is not done of them.</summary>
    public void EndLeases()
    {
        if (_leases.Held.IsPartlyBegun && _computing is null)
            _reports.Report();
        _leases.EndAll(Now);
    }

    /// <summary>Computes the next part that the shards take, or requests what is missing for it.</summary>
    public void Continue()
    {
        if (_leaving is { } reason)
        {
            if (_computing is null && _pushes.Count == 0)
                _leave(reason, false);
            return;
        }
        if (_computing is not null || _pushes.Count > _job.MaxInFlightPushes)
            return;
        if (_leases.Held.NextFor(_received) is { } run)
        {
            Compute(run);
            return;
        }
        // Of two leases, the part that comes first in the job is the first that the shards take.
        _requests.Await(_leases.Held.First, _received, Now);
        _leases.Request(Now);
    }

    /// <summary>A shard has sent the parameters for an awaited part.</summary>
    public void ParametersReady(ShardProtocol.ParametersReady ready)
    {
        // The worker has computed another part meanwhile, and has requested this one anew.
        if (!_requests.IsAwaited(ready.Part))
        {
            ready.Payload.Release();
            return;
        }
        _received.Put(ready.Shard, ready.Version, ready.Step, ready.Payload);
        if (_requests.IsAppliedByAll(ready) && _leases.Held.Find(ready.Part) is { } run)
        {
            run.Skip();
            _leases.EndIfDone(run, Now);
        }
        Continue();
    }

    private void Compute(LeaseRun run)
    {
        _requests.Cancel();
        var part = run.BeginNext(Now)!.Value;
        // Requested ahead of need, so that the engine does not wait for a lease.
        if (_leases.Held.AllBegun)
            _leases.Request(Now);
        _reports.Begin(part.Epoch);
        var (fresh, versions) = _received.Take();
        _computing = new PartExchange(part, run, versions, _gradients.Pop())
        {
            Abandon = run.IsRaced ? WatchStep(versions[0]) : null,
        };
        _engine.Tell(
            new EngineProtocol.Compute(
                fresh,
                _indices.Get(part),
                SampleOrder.SeedOf(_job.Seed, part),
                _computing.Gradient.Values,
                run.LocalOf(part),
                _computing.Abandon?.Token ?? CancellationToken.None
            ),
            _actor.Self
        );
    }

    private CancellationTokenSource WatchStep(long version)
    {
        var abandon = new CancellationTokenSource();
        if (_stepWatch.IsNobody())
            _stepWatch = _actor.ActorOf(StepWatchActor.Props(_start.Shards[0].Shard, _start.Worker), "step-watch");
        _stepWatch.Tell(new StepWatchActor.Watch(version, abandon), _actor.Self);
        return abandon;
    }

    /// <summary>The engine has computed a part.</summary>
    public void Computed(EngineProtocol.Computed computed)
    {
        if (_computing is not { } exchange)
            return;
        _computing = null;
        if (exchange.Abandon is { IsCancellationRequested: true })
        {
            Abandon(exchange);
            return;
        }
        exchange.Computed(computed.Result, computed.Samples);
        if (computed.NotFinite is { } reason)
        {
            Refuse(exchange, reason);
            return;
        }
        _limit.Computed(exchange.Run.LocalOf(exchange.Part)?.Steps[0].Count ?? exchange.Part.Count);
        _reports.Add(exchange.Part.Count);
        _pushes.Push(exchange, Now);
        // Before the engine computes again and changes the buffers.
        if (exchange.Run.AllBegun)
            _reports.Report();
        Continue();
    }

    // A gradient that a shard would refuse is not pushed: its samples are trained again, as those that it has refused.
    private void Refuse(PartExchange exchange, string reason)
    {
        _gradients.Push(exchange.Gradient);
        var refused = new WorkerProtocol.RefusedPart(exchange.Part, Refusal.NotFinite, reason);
        exchange.Run.Judged(exchange.Part, applied: false, refused, exchange.Loss);
        if (exchange.Run.AllBegun)
            _reports.Report();
        EndOrAskForParameters(exchange);
    }

    // Its samples go to a worker that takes part in a later step.
    private void Abandon(PartExchange exchange)
    {
        _gradients.Push(exchange.Gradient);
        exchange.Run.Abandon(exchange.Part);
        EndOrAskForParameters(exchange);
    }

    // Without a push no shard replies with newer parameters: they are requested.
    private void EndOrAskForParameters(PartExchange exchange)
    {
        _leases.EndIfDone(exchange.Run, Now);
        _received.Outdate();
        Continue();
    }

    /// <summary>The device has too little memory for a part.</summary>
    public void ReduceMicroBatch(EngineProtocol.OutOfMemory shortage)
    {
        if (_computing is not { } exchange)
            return;
        _computing = null;
        _gradients.Push(exchange.Gradient);
        if (!_limit.TryReduce(shortage.Samples))
        {
            _leave(_limit.Describe(shortage.Samples, shortage.Reason), true);
            return;
        }
        exchange.Run.Recut(exchange.Part, _limit.Max);
        _leases.Held.Recut(_limit.Max);
        _coordinator.Tell(
            new WorkerProtocol.OutOfMemory(_start.Worker, shortage.Samples, _limit.Max, shortage.Reason),
            _actor.Self
        );
        Continue();
    }

    /// <summary>A shard has judged a push.</summary>
    public void Judged(ShardProtocol.Pushed pushed)
    {
        _received.Offer(pushed.Shard, pushed.Version, pushed.Step, pushed.Payload);
        if (_pushes.Judge(pushed) is not { } exchange)
            return;
        _gradients.Push(exchange.Gradient);
        exchange.Run.Judged(exchange.Part, exchange.Applied, _indices.NameSamples(exchange.Refused), exchange.Loss);
        _leases.EndIfDone(exchange.Run, Now);
        Continue();
    }

    /// <summary>Sends again what was sent last at this time or before and is not answered.</summary>
    public void SendAgain(TimeSpan since)
    {
        foreach (var exchange in _pushes.PushAgain(since, Now))
            _log.PushRepeated(string.Join(", ", exchange.Awaited), exchange.Part);
        _requests.AskAgain(since, _received, Now);
        _leases.RequestAgain(since, Now);
    }

    /// <summary>A lease was granted.</summary>
    public void Accept(WorkerProtocol.Granted granted)
    {
        if (_leaving is not null || !_leases.TryAccept())
        {
            _leases.Return(granted.Lease);
            return;
        }
        // The other workers went on while this one waited: its parameters are too old.
        if (granted.IsPaced && _leases.Held.IsEmpty && _reports.Samples > 0)
            _received.Outdate();
        _leases.Held.Add(new LeaseRun(granted.Lease, _limit.Max, granted.IsRaced));
        Continue();
    }
}
