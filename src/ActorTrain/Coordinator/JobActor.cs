using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Event;
using static ActorTrain.Supervision.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>
/// One job, from submission to the fetched result: gathers and admits workers, has the shards opened and filled, hands
/// over to <see cref="TrainingActor"/>, and delivers. Ends when its client has fetched the result, or is gone.
/// </summary>
internal sealed partial class JobActor : ReceiveActor, IWithTimers
{
    private readonly string _jobId;
    private JobOptions _job;
    private readonly IActorRef _client;
    private readonly CoordinatorContext _context;
    private readonly JobRecord _record;
    private readonly Gathering _gathering;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly JobHistory _history = new();
    private ShardPlacementActor.Placed? _placed;
    private int _followed;
    private bool _trains;

    private sealed record Tick;

    /// <summary>Job → coordinator: it is over, and another may begin.</summary>
    public sealed record Over;

    /// <summary>A job that was submitted.</summary>
    public static Props Props(string jobId, JobOptions job, IActorRef client, CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new JobActor(jobId, job, client, context));

    /// <summary>A job that another coordinator has left.</summary>
    public static Props Props(RecalledJob memory, CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new JobActor(memory, context));

    public JobActor(string jobId, JobOptions job, IActorRef client, CoordinatorContext context)
    {
        (_jobId, _job, _client, _context) = (jobId, job, client, context);
        _record = new JobRecord(job, Now);
        _gathering = new Gathering(job.MinimumWorkers, job.Data.Fingerprint);
        _client.Tell(new ClientProtocol.Accepted(_jobId));
        GatheringWorkers();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.Watch(_client);
        Timers.StartPeriodicTimer("tick", new Tick(), _context.Options.ProgressInterval);
    }

    // Counts that are lost with the training actor cannot be had again: the job ends and says why.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void GatheringWorkers()
    {
        Admitting(SettleAndBegin);
        Receive<Tick>(_ =>
        {
            SettleAndBegin();
            TellProgress(JobPhase.Gathering);
        });
        BeforeTraining();
    }

    private void SettleAndBegin()
    {
        Settle(training: null);
        if (_gathering.Hopeless is { } cause)
            Fail(cause);
        else if (_gathering.Enough)
            Become(PreparingShards);
    }

    private void Settle(IActorRef? training)
    {
        foreach (var (node, worker, reason) in _gathering.Settle(Now))
        {
            Note(training, new Occurrence(WorkerRefused, node, reason, "it takes no part in the job"));
            worker.Tell(new WorkerProtocol.Refuse(reason));
        }
        var (workers, servers) = _gathering.TakeUnchecked(Now);
        foreach (var worker in workers)
            worker.Tell(new WorkerProtocol.CheckLane(servers));
        foreach (var worker in _gathering.TakeSilent(Now))
            worker.Tell(new WorkerProtocol.Prepare(_jobId, _job));
    }

    private void PreparingShards()
    {
        var admission = _gathering.Admission!;
        if (admission.Dataset.Substitute is { } substitute)
            Note(
                training: null,
                new Occurrence(
                    DataSubstituted,
                    "",
                    $"the workers do not have the data set {admission.Dataset.Name} itself",
                    $"the job trains on {substitute}, {Plural.Of(admission.Dataset.TrainSamples, "sample")} and "
                        + $"{Plural.Number(admission.Dataset.TestSamples)} to test on"
                )
            );
        _job = _job with { Consistency = _job.Consistency.Resolved(_job.PushSamples, _gathering.Ready) };
        Context.ActorOf(
            ShardPlacementActor.Props(
                _jobId,
                _job,
                admission.Model,
                admission.Dataset.TrainSamples,
                _gathering.Servers
            ),
            "placement"
        );
        var servers = _gathering.Servers.Count;
        Admitting(() =>
        {
            if (_gathering.Servers.Count < servers)
                Fail("a server node was lost before training began");
            else
                AskForStartingWeights();
        });
        Receive<ShardPlacementActor.Placed>(placed =>
        {
            _placed = placed;
            foreach (var shard in placed.Shards)
                Context.Watch(shard.Place.Shard);
            _client.Tell(new ClientProtocol.CheckLane([.. _gathering.Servers.Select(server => server.Server!)]));
            AskForStartingWeights();
        });
        Receive<WorkerProtocol.ShardsInitialized>(_ => Become(Training));
        Receive<Tick>(_ =>
        {
            Settle(training: null);
            TellProgress(JobPhase.Preparing);
        });
        BeforeTraining();
    }

    // Every worker makes the same starting weights from the seed, and a shard takes the first it gets: all ready
    // workers are asked, so that losing one of them stops nothing.
    private void AskForStartingWeights()
    {
        if (_placed is null)
            return;
        foreach (var candidate in _gathering.TakeUnasked())
            candidate.Worker.Tell(new WorkerProtocol.Initialize(Places, _placed!.ModelState));
    }

    private void Training() => Training(resumption: null);

    private void Training(TrainingActor.Resumption? resumption)
    {
        _trains = true;
        _record.Admission = _gathering.Admission;
        _log.Info(
            "Job {0} trains {1} on {2}",
            _job.Name,
            _gathering.Admission!.Model.Name,
            Plural.Of(Places.Length, "shard")
        );
        var training = Context.ActorOf(
            TrainingActor.Props(_job, _client, _record, _placed!, _context.Options, resumption),
            "training"
        );
        Context.Watch(training);
        if (_stopAsked)
            training.Tell(new ClientProtocol.Stop());
        Join();

        Admitting(Join, training);
        Receive<Tick>(_ => Settle(training));
        Receive<WorkerProtocol.ShardsInitialized>(_ => { });
        Receive<ClientProtocol.Stop>(stop => training.Tell(stop));
        Receive<ClientProtocol.StopJob>(_ =>
        {
            training.Tell(new ClientProtocol.Stop());
            Sender.Tell(new ClientProtocol.Stopping());
        });
        Receive<ClientProtocol.IJobRequest>(request => training.Forward(request));
        Receive<ClientProtocol.Locate>(_ =>
            Sender.TellInPages(
                Context.System,
                new ClientProtocol.Located(
                    _gathering.Admission!.Model,
                    _gathering.Admission.DatasetSummary,
                    Places,
                    _placed!.ModelState
                ),
                Self
            )
        );
        Receive<JobProgress>(Tell);
        Receive<TrainingActor.Remembered>(Remember);
        Receive<ServerProtocol.Remembered>(remembered => _remembered[Sender] = remembered);
        Receive<TrainingActor.Done>(done =>
        {
            _client.TellInPages(
                Context.System,
                new ClientProtocol.Finished(
                    done.Report,
                    _gathering.Admission!.Model,
                    Places,
                    _placed!.ModelState,
                    done.Stopped
                ),
                Self
            );
            Become(Delivering);
        });
        Receive<TrainingActor.Failed>(failed => Fail(failed.Reason));
        Receive<Terminated>(ClientGone, gone => gone.ActorRef.Equals(_client));
        Receive<Terminated>(gone =>
            Fail(
                gone.ActorRef.Equals(training)
                    ? "the coordinator failed to keep its counts; its log says why"
                    : $"shard {ShardOf(gone.ActorRef)} has ended, and its weights with it; the log of its node says why"
            )
        );

        void Join()
        {
            foreach (var (host, worker, device, measured) in _gathering.TakeReady())
                training.Tell(new TrainingActor.Join(host, worker, device, measured));
        }
    }

    private void Delivering()
    {
        Receive<ClientProtocol.StopJob>(_ => Sender.Tell(new ClientProtocol.Stopping()));
        Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job has ended")));
        Receive<ClientProtocol.Fetched>(_ => Close());
        Receive<Terminated>(_ => Close());
        ReceiveAny(_ => { });
    }

    /// <summary>Nodes come and go, and workers are admitted or refused, in every phase.</summary>
    private void Admitting(Action changed, IActorRef? training = null)
    {
        Receive<NodeProtocol.NodeJoined>(joined =>
        {
            _gathering.Joined(joined, Now);
            joined.Node.Worker?.Tell(new WorkerProtocol.Prepare(_jobId, _job));
            Settle(training);
            changed();
        });
        Receive<WorkerProtocol.Prepared>(prepared =>
        {
            _gathering.Prepared(_context.NodeOf(Sender), Sender, prepared, Now);
            Settle(training);
            changed();
        });
        Receive<WorkerProtocol.LaneChecked>(check =>
        {
            var node = _context.NodeOf(Sender);
            if (_gathering.LaneChecked(node, check.Trouble))
                Note(
                    training,
                    new Occurrence(LaneBroken, node, check.Trouble!, "it takes part as soon as the lane works")
                );
            changed();
        });
        Receive<WorkerProtocol.CannotPrepare>(failure =>
        {
            var node = _gathering.Failed(_context.NodeOf(Sender), failure.Reason);
            Note(training, new Occurrence(WorkerRefused, node, failure.Reason, "it takes no part in the job"));
            training?.Tell(new TrainingActor.Unable(node, failure.Reason));
            changed();
        });
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            _gathering.Lost(lost.Node);
            if (_placed?.Shards.FirstOrDefault(shard => shard.Node == lost.Node) is { } gone)
            {
                Fail(
                    $"the server node {gone.Node} is lost ({lost.Reason.AsClause()}), and the weights of shard "
                        + $"{gone.Place.Slice.Index} with it"
                );
                return;
            }
            training?.Tell(lost);
            changed();
        });
        Receive<NodeProtocol.NodeUnreachable>(unreachable => training?.Tell(unreachable));
        Receive<NodeProtocol.NodeReachable>(reachable => training?.Tell(reachable));
        Receive<ClientProtocol.Follow>(follow =>
        {
            _followed = follow.First;
            if (_followed < _history.Count)
                Sender.Tell(new ClientProtocol.Continued(_history.From(_followed)));
        });
    }

    private void BeforeTraining()
    {
        Receive<ClientProtocol.Stop>(_ => Fail(StoppedEarly, JobPhase.Stopped));
        Receive<ClientProtocol.StopJob>(_ =>
        {
            Sender.Tell(new ClientProtocol.Stopping());
            Fail(StoppedEarly, JobPhase.Stopped);
        });
        Receive<ClientProtocol.IJobRequest>(_ =>
            Sender.Tell(new ClientProtocol.Rejected("the job does not train at the moment"))
        );
        Receive<ClientProtocol.Locate>(_ => Sender.Tell(new ClientProtocol.Rejected("the job does not train yet")));
        Receive<Terminated>(ClientGone, gone => gone.ActorRef.Equals(_client));
        Receive<Terminated>(_ => Fail("a server node was lost before training began"));
    }

    private void Note(IActorRef? training, Occurrence occurrence)
    {
        if (training is not null)
            training.Tell(new TrainingActor.Note(occurrence));
        else
            new EventTeller(_record, _client, Context.System.EventStream, _log).Tell(occurrence, Now);
    }

    private void TellProgress(JobPhase phase) => Tell(_record.Progress(phase, _gathering.Waiting, null, Now));

    private void Tell(JobProgress progress)
    {
        _history.Update(progress.CompletedEpochs, progress.Events);
        var moment = progress with { CompletedEpochs = [], Events = [] };
        _client.TellInPages(
            Context.System,
            new ClientProtocol.Progressed(moment, CanMove, _history.From(_followed)),
            Self
        );
        Context.Parent.Tell(progress);
    }

    /// <summary>The job is over, and nobody is to go on with it.</summary>
    private void Close()
    {
        foreach (var server in _gathering.Servers)
            server.Server!.Tell(new ServerProtocol.Close(_jobId));
        foreach (var node in _gathering.WorkerNodes)
            node.Tell(new WorkerProtocol.Close(_jobId));
        Context.Parent.Tell(new Over());
        Context.Stop(Self);
    }

    // Nobody is there who would want it.
    private void ClientGone(Terminated gone) => Fail("its client has gone away", JobPhase.Stopped);

    private void Fail(string said, JobPhase phase = JobPhase.Failed)
    {
        var reason = said.AsClause();
        var stopped = phase == JobPhase.Stopped;
        if (stopped)
            _log.Info("Job {0} was stopped: {1}", _job.Name, reason);
        else
            _log.Warning("Job {0} has failed: {1}", _job.Name, reason);
        Context.Parent.Tell(_record.Progress(phase, reason, null, Now));
        Close();
        // Whoever hears of it may submit the next job at once: the cluster is free by now.
        _client.Tell(new ClientProtocol.Failed(reason, _trains, stopped));
    }

    private const string StoppedEarly = "the job was stopped before training began";

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private ShardPlace[] Places => [.. _placed!.Shards.Select(shard => shard.Place)];

    private int ShardOf(IActorRef shard) =>
        _placed!.Shards.First(placed => placed.Place.Shard.Equals(shard)).Place.Slice.Index;
}
