using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// Grants leases until every sample of every epoch is applied, has each epoch evaluated, and writes the report.
/// </summary>
internal sealed class JobTrainingActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    private readonly JobRecord _record;
    private readonly CoordinatorOptions _options;
    private readonly LeaseScheduler _scheduler;
    private readonly WorkerIncarnations _incarnations;
    private readonly ShardCopies _copies;
    private readonly CleanCuts _cuts;
    private readonly TrainingSnapshots _snapshots;
    private readonly TrainingEvents _events;
    private readonly TrainingProgress _progress;
    private readonly ShardRequests _shards;
    private readonly LeaseGrants _grants;
    private readonly LeaseEnds _leaseEnds;
    private readonly LeaseSettlement _settlement;
    private readonly EpochEvaluations _evaluations;
    private readonly JoiningWorkers _joining;
    private readonly LostWorkers _lost;
    private readonly PauseRequests _pauses;
    private readonly PolicyRequests _policies;
    private readonly TrainingEnd _end;
    private readonly JobTelemetry _telemetry;

    private sealed record Tick;

    private sealed record CancelTimedOut;

    public static Props Props(TrainingStart start) => Akka.Actor.Props.Create(() => new JobTrainingActor(start));

    public JobTrainingActor(TrainingStart start)
    {
        var (job, eventReceiver, record, placed, options, algorithms, adopted) = start;
        (_record, _options) = (record, options);
        var (parent, scheduler) = (Context.Parent, Context.System.Scheduler);
        Func<TimeSpan> clock = () => scheduler.MonotonicClock;
        var publisher = new EventPublisher(record, eventReceiver.Tell, Context.System.EventStream, Context.GetLogger());
        _scheduler = new(job, record, algorithms);
        _incarnations = new(record);
        _telemetry = new(job.Name, job.Epochs);
        _copies = new(placed, _scheduler, options.StandbyShare, adopted, clock);
        _snapshots = new(record, _scheduler, _incarnations, _copies, parent, Timers, clock);
        _events = new(publisher, _snapshots, clock);
        _shards = new(placed, record, _scheduler, clock);
        _grants = new(_incarnations, _scheduler, _shards, _events, Timers, clock);
        _evaluations = new(job, record, _scheduler, placed, _telemetry, _events, _grants, clock);
        _cuts = new(start, _scheduler, _copies, _snapshots, _evaluations, _grants, _events, parent, clock);
        var epochs = new EpochCompletion(record, _scheduler, _evaluations, _grants, _telemetry, clock);
        _lost = new(record, _incarnations, _scheduler, _shards, _evaluations, _events, parent, Timers);
        _joining = new(job, record, _incarnations, _scheduler, placed, _lost, _evaluations, _events, Context);
        _leaseEnds = new(_incarnations, _scheduler, _shards, epochs, _lost, _events, _telemetry, parent, clock);
        _settlement = new(record, _scheduler, _shards, epochs, _telemetry, clock);
        _progress = new(record, _scheduler, _evaluations, _telemetry, parent, clock);
        _end = new(_shards, _cuts, _settlement, _leaseEnds, _progress);
        _pauses = new(_scheduler, _evaluations, _grants, _progress, _events, clock);
        _policies = new(job, algorithms, record, _scheduler, _shards, _grants, _events);

        _record.TrainingBegins(Now, placed.Shards);
        _evaluations.KeepPace();
        if (adopted is not null)
        {
            _scheduler.SetPaused(adopted.Paused, Now);
            Adopting(adopted);
            return;
        }
        _telemetry.Begins(applied: 0, epoch: 1);
        Training();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), _options.ProgressInterval);
        _snapshots.Send();
    }

    protected override void PostStop() => _telemetry.Dispose();

    /// <summary>
    /// An adopted job: the shards fence all incarnations that another coordinator may have begun, and report what they
    /// have applied. The lease table begins from that.
    /// </summary>
    private void Adopting(JobTrainingProtocol.Adopted adopted)
    {
        _incarnations.Adopt(adopted.Incarnations);
        _shards.FenceAll(_incarnations.Newest);
        _shards.RequestCounts();
        Receive<Tick>(_ => _shards.RequestCounts());
        Receive<ShardProtocol.Counts>(counts =>
        {
            if (!_settlement.Adopt(counts))
                return;
            foreach (var draft in JobEvents.Adopted(adopted, _record.SamplesApplied))
                _events.Raise(draft);
            Stash.UnstashAll();
            Become(Training);
        });
        ReceiveAny(_ => Stash.Stash());
    }

    private void Training()
    {
        ReceiveResults();
        ReceiveWorkerChanges();
        Receive<JobTrainingProtocol.Join>(_joining.Join);
        Receive<WorkerProtocol.RequestLease>(request => _grants.Request(request, Sender));
        Receive<LeaseGrants.RoundDue>(_ => _grants.GrantRound());
        Receive<WorkerProtocol.EvaluationFailed>(failed =>
        {
            _evaluations.Failed(failed);
            CountIfComplete();
        });
        Receive<WorkerProtocol.EvaluationPostponed>(postponed => _evaluations.Postponed(postponed.Worker.Node));
        Receive<Tick>(_ =>
        {
            _leaseEnds.Tick(_options.LeaseTimeout);
            _evaluations.Expire(_options.EvaluationTimeout);
            _grants.Grant();
            _shards.TellPolicies();
            _shards.RequestCounts();
            CountIfComplete();
            _cuts.Tick();
            _copies.BeginRound();
            _snapshots.Send();
            _progress.Send();
        });
        Receive<ClientProtocol.GetStaleness>(_ => _policies.GetStaleness(Sender));
        Receive<ClientProtocol.SetStaleness>(request => _policies.SetStaleness(request, Sender));
        Receive<ClientProtocol.GetConsistency>(_ => _policies.GetConsistency(Sender));
        Receive<ClientProtocol.SetConsistency>(request => _policies.SetConsistency(request, Sender));
        Receive<ClientProtocol.Pause>(_ => _pauses.Pause(Sender));
        Receive<ClientProtocol.Resume>(_ => _pauses.Resume(Sender));
        Receive<NodeProtocol.Leaving>(leaving => _cuts.HandOver(leaving.Node, Sender));
        Receive<ClientProtocol.Cancel>(_ => Cancel());
    }

    private void Cancel()
    {
        _scheduler.Cancel();
        // Another coordinator is to cancel it, too.
        _snapshots.Send();
        _grants.Cancel();
        foreach (var worker in _record.Active)
            worker.Worker.Tell(new WorkerProtocol.EndJob());
        Timers.StartSingleTimer(nameof(CancelTimedOut), new CancelTimedOut(), _options.CancelTimeout);
        Become(_record.Active.Any() ? Canceling : Counting);
    }

    private void Canceling()
    {
        ReceiveResults();
        ReceiveWorkerChanges();
        Receive<Tick>(_ => _shards.RequestCounts());
        Receive<CancelTimedOut>(_ => Become(Counting));
        RejectRequests();
    }

    /// <summary>Results of workers and shards, which count also while the job is being canceled.</summary>
    private void ReceiveResults()
    {
        Receive<WorkerProtocol.LeaseEnded>(ended =>
        {
            if (_leaseEnds.End(ended))
                CountIfComplete();
            _cuts.Continue();
        });
        Receive<WorkerProtocol.Evaluated>(evaluated =>
        {
            _evaluations.Succeeded(evaluated);
            CountIfComplete();
        });
        Receive<ShardProtocol.Counts>(counts =>
        {
            if (_settlement.Counted(counts))
                CountIfComplete();
            _cuts.Continue();
        });
        Receive<JobTrainingProtocol.RaiseEvent>(request => _events.Raise(request.Event));
        Receive<TrainingSnapshots.Due>(_ => _snapshots.Send());
        Receive<JobTrainingProtocol.StandbysPlaced>(placed => _copies.Placed(placed.Standbys));
        ReceiveCheckpoints(() => { });
    }

    private void ReceiveCheckpoints(Action changed)
    {
        Receive<StandbyProtocol.Taken>(taken =>
        {
            _cuts.Taken(taken);
            changed();
        });
        Receive<StandbyProtocol.Copied>(copied =>
        {
            _copies.Add(copied);
            _cuts.Copied(copied);
        });
        Receive<ICheckpointStep>(step =>
        {
            _cuts.Handle(step);
            changed();
        });
    }

    private void ReceiveWorkerChanges()
    {
        Receive<WorkerProtocol.OutOfMemory>(_grants.LimitMemory);
        Receive<JoiningWorkers.Stopped>(_lost.AwaitReason);
        Receive<NodeProtocol.NodeReachable>(_joining.JoinAgain);
        ReceiveLoss<WorkerProtocol.Withdrawn>(_lost.Withdraw);
        ReceiveLoss<JobTrainingProtocol.CannotReturn>(_lost.CancelReturn);
        ReceiveLoss<LostWorkers.ReasonTimedOut>(_lost.LoseWithoutReason);
        ReceiveLoss<NodeProtocol.NodeLost>(_lost.LoseNode);
        ReceiveLoss<NodeProtocol.NodeUnreachable>(_lost.Doubt);
    }

    private void ReceiveLoss<T>(Action<T> lose) =>
        Receive<T>(message =>
        {
            lose(message);
            if (_scheduler.IsCanceled && !_record.Active.Any())
                Become(Counting);
        });

    private void CountIfComplete()
    {
        if (!_scheduler.IsCanceled && _scheduler.IsDone && !_evaluations.AreOpen)
            Become(Counting);
    }

    /// <summary>No gradient is under way any more: the shards' next counts are final.</summary>
    private void Counting()
    {
        ReceiveCheckpoints(_end.CheckpointChanged);
        Receive<ShardProtocol.Counts>(_end.Counted);
        Receive<Tick>(_ => _end.Tick());
        RejectRequests();
        ReceiveAny(_ => { });
        _end.Begin();
    }

    private void RejectRequests() =>
        Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job is ending")));
}
