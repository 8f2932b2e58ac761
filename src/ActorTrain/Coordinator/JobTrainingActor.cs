using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>
/// Grants leases until every sample of every epoch is applied, has each epoch evaluated, and writes the report.
/// </summary>
internal sealed partial class JobTrainingActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    private readonly JobOptions _job;
    private readonly JobRecord _record;
    private readonly ShardPlacementActor.Placed _placed;
    private readonly CoordinatorOptions _options;
    private readonly Algorithms _algorithms;
    private readonly LeaseScheduler _scheduler;
    private readonly EpochEvaluations _evaluations;
    private readonly WorkerIncarnations _incarnations;
    private readonly CountRounds _countRounds = new();
    private readonly EventPublisher _events;
    private readonly JobTelemetry _telemetry;
    private int _contributions;
    private int _completedEpochs;
    private bool _isCanceled;

    /// <param name="job">What is trained.</param>
    /// <param name="client">The client that follows it.</param>
    /// <param name="record">The job's counts; in an adopted job, those of its last snapshot.</param>
    /// <param name="placed">Where the shards are.</param>
    /// <param name="options">The coordinator's settings.</param>
    /// <param name="algorithms">The staleness policies and consistency models that there are.</param>
    /// <param name="adopted">What an adopted job goes on from; null for a new job.</param>
    public static Props Props(
        JobOptions job,
        IActorRef client,
        JobRecord record,
        ShardPlacementActor.Placed placed,
        CoordinatorOptions options,
        Algorithms algorithms,
        Adopted? adopted = null
    ) => Akka.Actor.Props.Create(() => new JobTrainingActor(job, client, record, placed, options, algorithms, adopted));

    public JobTrainingActor(
        JobOptions job,
        IActorRef client,
        JobRecord record,
        ShardPlacementActor.Placed placed,
        CoordinatorOptions options,
        Algorithms algorithms,
        Adopted? adopted
    )
    {
        (_job, _record, _placed, _options, _algorithms) = (job, record, placed, options, algorithms);
        _events = new EventPublisher(record, client, Context.System.EventStream, Context.GetLogger());
        _scheduler = new LeaseScheduler(job, record, algorithms);
        _incarnations = new WorkerIncarnations(record);
        _telemetry = new JobTelemetry(job.Name, job.Epochs);
        _evaluations = new EpochEvaluations(
            job,
            record,
            _scheduler,
            placed,
            _telemetry,
            Raise,
            grant: () =>
            {
                if (!_isCanceled)
                    GrantLeases();
            }
        );
        _evaluations.KeepPace(_completedEpochs);
        if (adopted is not null)
        {
            _scheduler.SetPaused(adopted.Paused, Now);
            Adopting(adopted.Incarnations);
            return;
        }
        _record.TrainingBegan(Now, placed.Shards);
        _telemetry.Begins(applied: 0, epoch: 1);
        Training();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private JobPhase Phase =>
        _scheduler.Paused ? JobPhase.Paused
        : _scheduler.Table.Complete ? JobPhase.Finishing
        : JobPhase.Training;

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), _options.ProgressInterval);

    protected override void PostStop() => _telemetry.Dispose();

    /// <summary>
    /// An adopted job: the shards fence all incarnations that another coordinator may have begun, and report what they
    /// have applied. The lease table begins from that.
    /// </summary>
    private void Adopting(long knownIncarnations)
    {
        _incarnations.Adopt(knownIncarnations);
        _placed.TellShards(new ShardProtocol.FenceAllWorkers(_incarnations.Newest));
        RequestCounts();
        Receive<Tick>(_ => RequestCounts());
        Receive<ShardProtocol.Counts>(counts =>
        {
            _record.Counted(counts, Now);
            if (_record.Round > 0)
                BeginAdopted();
        });
        ReceiveAny(_ => Stash.Stash());
    }

    private void BeginAdopted()
    {
        _scheduler.Adopt();
        _completedEpochs = _scheduler.Table.CompleteEpochs;
        _telemetry.Begins(_record.SamplesApplied, _completedEpochs + 1);
        for (var epoch = 1; epoch <= _completedEpochs; epoch++)
        {
            _record.EpochCompleted(epoch, Now);
            if (!_record.IsEvaluated(epoch))
                _evaluations.Request(epoch);
        }
        _evaluations.KeepPace(_completedEpochs);
        Raise(
            new EventDraft(
                CoordinatorMoved,
                "",
                "the coordinator's node was lost",
                $"another goes on with {Plural.Format(_record.SamplesApplied, "sample")} applied"
            )
        );
        Stash.UnstashAll();
        Become(Training);
    }

    private void Training()
    {
        ReceiveResults();
        ReceiveWorkerChanges();
        Receive<Join>(BeginIncarnation);
        Receive<WorkerProtocol.RequestLease>(request =>
        {
            if (_incarnations.Find(request.Worker) is not { } worker)
                return;
            worker.LeaseRequester = Sender;
            _scheduler.Request(worker);
            GrantLeases();
        });
        Receive<GrantRound>(_ => SendLeases(_scheduler.Grant(Now)));
        Receive<WorkerProtocol.EvaluationFailed>(failed =>
        {
            _evaluations.Failed(failed, _completedEpochs);
            SendEvaluations();
            CountIfComplete();
        });
        Receive<Tick>(_ =>
        {
            ExpireLeases();
            foreach (var draft in _scheduler.Tick(Now))
                Raise(draft);
            _evaluations.Expire(Now, _options.EvaluationTimeout);
            SendEvaluations();
            GrantLeases();
            TellPolicies();
            RequestCounts();
            CountIfComplete();
            TakeSnapshot();
            TellProgress(Phase);
        });
        ReceiveRequests();
    }

    private void Canceling()
    {
        ReceiveResults();
        ReceiveWorkerChanges();
        Receive<Tick>(_ => RequestCounts());
        Receive<CancelTimedOut>(_ => Become(Counting));
        RejectRequests();
    }

    /// <summary>No gradient is under way any more: the shards' next counts are final.</summary>
    private void Counting()
    {
        var awaited = Enumerable.Range(0, _placed.Shards.Length).ToHashSet();
        var first = _countRounds.Next;
        Receive<ShardProtocol.Counts>(counts =>
        {
            _record.Counted(counts, Now);
            _telemetry.Applied(_record.SamplesApplied);
            if (_countRounds.IsRequestedAgain && _record.Round == _countRounds.Current)
                RequestCounts();
            // An answer to an earlier round may lack the last pushes.
            if (counts.Round < first)
                return;
            if (awaited.Remove(counts.Shard) && awaited.Count == 0)
                Report();
        });
        Receive<Tick>(_ => RequestFinalCounts());
        RejectRequests();
        ReceiveAny(_ => { });
        RequestFinalCounts();

        void RequestFinalCounts()
        {
            // Shards then apply the gathered gradients of an open step, which no other gradient will complete.
            TellPolicies(_scheduler.Consistency with { Mode = ConsistencyMode.Asynchronous });
            RequestCounts();
        }
    }

    private void Report()
    {
        foreach (var draft in _scheduler.Tick(Now, all: true))
            Raise(draft);
        TellProgress(_isCanceled ? JobPhase.Canceled : JobPhase.Completed);
        _telemetry.Ended(_isCanceled);
        Context.Parent.Tell(new Done(_record.Report(_scheduler.Consistency), _isCanceled));
        Timers.Cancel(nameof(Tick));
    }

    private void TellProgress(JobPhase phase)
    {
        var waiting =
            phase is not JobPhase.Training ? ""
            : !_record.Active.Any() ? "waiting for workers to join"
            : _scheduler.Table.AwaitsEvaluation ? $"waiting for the evaluation of epoch {_evaluations.FirstKept}"
            : "";
        Context.Parent.Tell(_record.Progress(phase, waiting, _scheduler.Table.Epoch, Now));
    }

    private void Raise(EventDraft draft)
    {
        _events.Publish(draft, Now);
        TakeSnapshotSoon();
    }
}
