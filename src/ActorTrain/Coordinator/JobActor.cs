using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>
/// One job, from submission to the fetched result: waits for workers and admits them, has the shards opened and filled,
/// hands over to <see cref="JobTrainingActor"/>, and sends the result. Ends when its client has fetched the result, or
/// is gone.
/// </summary>
internal sealed partial class JobActor : ReceiveActor, IWithTimers
{
    private const string CanceledEarly = "the job was canceled before training began";

    private readonly string _jobId;
    private JobOptions _job;
    private readonly IActorRef _client;
    private readonly CoordinatorContext _context;
    private readonly JobRecord _record;
    private readonly WorkerReadiness _readiness;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly JobHistory _history = new();
    private ShardPlacementActor.Placed? _placed;
    private IActorRef? _training;
    private int _historyOfClient;
    private bool _hasTrained;

    private sealed record Tick;

    /// <summary>Job → coordinator: it has ended, and another may begin.</summary>
    public sealed record Over;

    /// <summary>A job that was submitted.</summary>
    public static Props Props(string jobId, JobOptions job, IActorRef client, CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new JobActor(jobId, job, client, context));

    /// <summary>A job that is adopted from another coordinator.</summary>
    public static Props Props(StoredJob stored, CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new JobActor(stored, context));

    public JobActor(string jobId, JobOptions job, IActorRef client, CoordinatorContext context)
    {
        (_jobId, _job, _client, _context) = (jobId, job, client, context);
        _record = new JobRecord(job, Now);
        _readiness = new WorkerReadiness(job.MinimumWorkers, job.Data.Fingerprint);
        _client.Tell(new ClientProtocol.Accepted(_jobId));
        WaitingForWorkers();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        Context.Watch(_client);
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), _context.Options.ProgressInterval);
    }

    // Counts that are lost with the training actor cannot be restored: the job fails and says why.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void WaitingForWorkers()
    {
        ReceiveNodes(SettleAndBegin);
        Receive<Tick>(_ =>
        {
            SettleAndBegin();
            TellProgress(JobPhase.WaitingForWorkers);
        });
        ReceiveBeforeTraining();
    }

    private void SettleAndBegin()
    {
        SettleWorkers();
        if (_readiness.Hopeless is { } cause)
            Fail(cause);
        else if (_readiness.Enough)
            Become(PreparingShards);
    }

    private void PreparingShards()
    {
        var admission = _readiness.Admission!;
        if (admission.Dataset.Substitute is { } substitute)
            Raise(
                new EventDraft(
                    DataSubstituted,
                    "",
                    $"the workers do not have the data set {admission.Dataset.Name} itself",
                    $"the job trains on {substitute}, {Plural.Format(admission.Dataset.TrainSamples, "sample")} and "
                        + $"{Plural.Number(admission.Dataset.TestSamples)} to test on"
                )
            );
        _job = _job with { Consistency = _job.Consistency.Resolved(_job.PushSamples, _readiness.Ready) };
        var servers = _readiness.Servers;
        Context.ActorOf(
            ShardPlacementActor.Props(_jobId, _job, admission.Model, admission.Dataset.TrainSamples, servers),
            "placement"
        );
        ReceiveNodes(() =>
        {
            if (_readiness.Servers.Count < servers.Count)
                Fail("a server node was lost before training began");
            else
                RequestStartingWeights();
        });
        Receive<ShardPlacementActor.Placed>(placed =>
        {
            _placed = placed;
            foreach (var shard in placed.Shards)
                Context.Watch(shard.Place.Shard);
            _client.Tell(new ClientProtocol.CheckLane([.. _readiness.Servers.Select(server => server.Server!)]));
            RequestStartingWeights();
        });
        Receive<WorkerProtocol.ShardsInitialized>(_ => Become(Training));
        Receive<Tick>(_ =>
        {
            SettleWorkers();
            TellProgress(JobPhase.Preparing);
        });
        ReceiveBeforeTraining();
    }

    // All workers compute the same starting weights from the seed, and a shard takes the first it gets: every ready
    // worker is asked, so that the loss of one delays nothing.
    private void RequestStartingWeights()
    {
        if (_placed is null)
            return;
        foreach (var candidate in _readiness.TakeForStartingWeights())
            candidate.Worker.Tell(new WorkerProtocol.Initialize(_placed.Places, _placed.Buffers));
    }

    private void ReceiveBeforeTraining()
    {
        Receive<ClientProtocol.Cancel>(_ => Fail(CanceledEarly, JobPhase.Canceled));
        Receive<ClientProtocol.CancelJob>(_ =>
        {
            Sender.Tell(new ClientProtocol.Canceling());
            Fail(CanceledEarly, JobPhase.Canceled);
        });
        Receive<ClientProtocol.IJobRequest>(_ =>
            Sender.Tell(new ClientProtocol.Rejected("the job does not train at the moment"))
        );
        Receive<ClientProtocol.LocateWeights>(_ =>
            Sender.Tell(new ClientProtocol.Rejected("the job does not train yet"))
        );
        Receive<Terminated>(ClientGone, gone => gone.ActorRef.Equals(_client));
        Receive<Terminated>(_ => Fail("a server node was lost before training began"));
    }

    private void Raise(EventDraft draft)
    {
        if (_training is not null)
            _training.Tell(new JobTrainingActor.RaiseEvent(draft));
        else
            new EventPublisher(_record, _client, Context.System.EventStream, _log).Publish(draft, Now);
    }

    private void TellProgress(JobPhase phase) => Tell(_record.Progress(phase, _readiness.Waiting, null, Now));

    private void Tell(JobProgress progress)
    {
        _history.Update(progress.CompletedEpochs, progress.Events);
        var withoutHistory = progress with { CompletedEpochs = [], Events = [] };
        _client.TellInPages(
            Context.System,
            new ClientProtocol.Progressed(withoutHistory, CanMove, _history.PageFrom(_historyOfClient)),
            Self
        );
        Context.Parent.Tell(progress);
    }

    private void ClientGone(Terminated gone) => Fail("its client is gone", JobPhase.Canceled);

    private void Fail(string sentence, JobPhase phase = JobPhase.Failed)
    {
        var reason = sentence.AsClause();
        var isCanceled = phase == JobPhase.Canceled;
        if (isCanceled)
            _log.JobCanceled(_job.Name, reason);
        else
            _log.JobFailed(_job.Name, reason);
        Context.Parent.Tell(_record.Progress(phase, reason, null, Now));
        Close();
        // On this message the client may submit the next job: the coordinator must be free before.
        _client.Tell(new ClientProtocol.Failed(reason, _hasTrained, isCanceled));
    }

    /// <summary>The job has ended, and no other coordinator may adopt it.</summary>
    private void Close()
    {
        foreach (var server in _readiness.Servers)
            server.Server!.Tell(new ServerProtocol.Close(_jobId));
        foreach (var node in _readiness.WorkerNodes)
            node.Tell(new WorkerProtocol.Close(_jobId));
        Context.Parent.Tell(new Over());
        Context.Stop(Self);
    }
}
