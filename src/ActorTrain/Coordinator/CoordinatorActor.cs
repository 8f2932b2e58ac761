using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// The cluster's singleton: knows the nodes, accepts one job at a time, adopts the job of another coordinator, and
/// answers with the status.
/// </summary>
internal sealed class CoordinatorActor : ReceiveActor
{
    private readonly CoordinatorContext _context;
    private readonly EnrolledNodes _nodes = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly VersionDifferences _versions = new(Context.GetLogger());
    private readonly JobList _list = new();
    private IActorRef? _job;
    private JobPreparation.Submitted? _preparing;
    private JobProgress? _progress;
    private int _jobs;

    public static Props Props(CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new CoordinatorActor(context));

    public CoordinatorActor(CoordinatorContext context)
    {
        _context = context;
        Receive<NodeProtocol.Enrol>(Enrol);
        Receive<NodeProtocol.Members>(members => _nodes.Know(members.Nodes));
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            if (_nodes.Lose(lost))
                _job?.Tell(lost);
        });
        Receive<NodeProtocol.NodeUnreachable>(unreachable => _job?.Tell(unreachable));
        Receive<NodeProtocol.NodeReachable>(reachable => _job?.Tell(reachable));
        Receive<ClientProtocol.Hello>(hello =>
        {
            Sender.Tell(new ClientProtocol.Welcome(Self, BuildVersion.Here));
            _versions.Log(hello.Version, Sender);
        });
        Receive<ClientProtocol.GetStatus>(_ =>
            Sender.TellInPages(
                Context.System,
                new ClientProtocol.Status(new ClusterStatus(_nodes.Summaries, _progress)),
                Self
            )
        );
        Receive<ClientProtocol.GetJobs>(_ =>
            Sender.TellInPages(Context.System, new ClientProtocol.Jobs([.. _list.All]), Self)
        );
        Receive<ResultProtocol.KeptJobs>(kept =>
        {
            foreach (var job in kept.Jobs)
                _list.Kept(job);
        });
        Receive<ClientProtocol.Follow>(Follow);
        Receive<ClientProtocol.Submit>(Accept);
        Receive<ClientProtocol.GetCheckpoint>(get =>
        {
            var folder = _context.Options.StateFolder;
            Task.Run(() => JobPreparation.FindJob(get.Resume, folder)).PipeTo(Sender, Self);
        });
        Receive<JobPreparation.Ready>(Host);
        Receive<JobPreparation.Refused>(refused =>
        {
            _preparing = null;
            refused.Submitted.Client.Tell(
                new ClientProtocol.Rejected(refused.Reason, ClientProtocol.Rejection.Invalid)
            );
        });
        Receive<ClientProtocol.IJobRequest>(Forward);
        Receive<JobProgress>(progress =>
        {
            _progress = progress;
            _list.Progressed(progress);
        });
        Receive<JobEnd.Over>(over =>
        {
            _list.Ended(over.Job);
            if (Sender.Equals(_job))
                JobEnded();
        });
        Receive<JobEnd.Reopened>(reopened =>
        {
            if (Sender.Equals(_job))
                Adopt(reopened.Job, isMoved: false);
        });
        Receive<ServerProtocol.StoredJobs>(stored =>
        {
            if (_job is null && _preparing is null && stored.Jobs.MaxBy(job => job.Snapshot.Record.Seconds) is { } job)
                Adopt(job, isMoved: true);
        });
        Receive<Terminated>(ended =>
        {
            if (ended.ActorRef.Equals(_job))
                JobEnded();
            else if (_nodes.Stopped(ended) is { } lost)
                _job?.Tell(lost);
        });
    }

    protected override void PreStart() => Context.ActorOf(_context.Membership, "membership");

    // A job that failed in the coordinator has lost its counts: it stops, and its client watches it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Enrol(NodeProtocol.Enrol node)
    {
        Sender.Tell(new NodeProtocol.Enrolled(Self));
        var (joined, before) = _nodes.Enrol(node, Context.Watch(Sender));
        if (joined is null)
            return;
        if (before is not null)
            _job?.Tell(before);
        _log.NodeEnrolled(node.Node, string.Join(", ", node.Roles));
        _job?.Tell(joined);
        node.Results?.Tell(new ResultProtocol.GetKept());
        // It may store a job of another coordinator.
        if (_job is null)
            node.Server?.Tell(new ServerProtocol.GetStoredJobs());
    }

    private void JobEnded()
    {
        _job = null;
        // Its last progress tells how it ended, unless its actor failed.
        if (_progress is { Phase: not (JobPhase.Completed or JobPhase.Canceled or JobPhase.Failed) } cut)
            _progress = cut with { Phase = JobPhase.Failed, Reason = JobFailures.CoordinatorFailed };
        if (_list.Running is { } failed)
            _list.Ended(
                failed with
                {
                    Phase = JobPhase.Failed,
                    Reason = JobFailures.CoordinatorFailed,
                    Ended = Context.System.Scheduler.Now,
                }
            );
    }

    private void Forward(ClientProtocol.IJobRequest request)
    {
        if (request is ClientProtocol.CancelJob cancel && _list.RefusalOf(cancel.JobId) is { } refusal)
            Sender.Tell(refusal);
        else if (_job is null)
            Sender.Tell(new ClientProtocol.Rejected("no job runs on this cluster"));
        else
            _job.Forward(request);
    }

    private void Follow(ClientProtocol.Follow follow)
    {
        if (_job is not null && _list.Running?.JobId == follow.JobId)
            _job.Forward(follow);
        else if (_list.FindEnded(follow.JobId) is not { } ended)
            Sender.Tell(JobList.Unknown(follow.JobId));
        else if (ended.KeptBy.Select(_nodes.ResultsOf).FirstOrDefault(kept => kept is not null) is { } keeper)
            keeper.Forward(new ResultProtocol.Open(follow.JobId));
        else
            Sender.Tell(JobFailures.WithoutResult(ended));
    }

    private void Accept(ClientProtocol.Submit submit)
    {
        if ((_preparing?.Job.Name ?? _list.Running?.Job) is { } busy)
        {
            Sender.Tell(
                new ClientProtocol.Rejected(
                    $"this cluster is at work on job '{busy}'; wait until it ends, or cancel it",
                    ClientProtocol.Rejection.Busy
                )
            );
            return;
        }
        if (
            (
                AlgorithmChecks.RefusalOf(submit.Job, _context.Algorithms)
                ?? AlgorithmChecks.LackOf(submit.Job, [.. _nodes.Present.Select(joined => joined.Node)])
            ) is
            { } refusal
        )
        {
            Sender.Tell(new ClientProtocol.Rejected(refusal, ClientProtocol.Rejection.Invalid));
            return;
        }
        var submitted = new JobPreparation.Submitted(
            _context.NewJobId(),
            submit.Job,
            Sender,
            new JobSubmission(submit.Submitter, Context.System.Scheduler.Now)
        );
        if (!JobPreparation.IsNeeded(submit.Job))
        {
            Host(new JobPreparation.Ready(submitted, Resumed: null));
            return;
        }
        _preparing = submitted;
        // It reads the disk.
        Task.Run(() => JobPreparation.Prepare(submitted, _context.Options.StateFolder)).PipeTo(Self);
    }

    private void Host(JobPreparation.Ready ready)
    {
        _preparing = null;
        var (jobId, job, _, submission) = ready.Submitted;
        Begin(jobId, job, submission, ready.Resumed?.Manifest.Record.Workers ?? []);
        Host(JobActor.Props(now => JobStart.Submitted(ready, now), _context));
    }

    /// <param name="job">The job.</param>
    /// <param name="isMoved">Whether it was another coordinator's; otherwise it has lost a shard.</param>
    private void Adopt(StoredJob job, bool isMoved)
    {
        _log.JobAdopted(job.Snapshot.Job.Name);
        var (snapshot, members) = (job.Snapshot, _nodes.Members);
        Begin(snapshot.JobId, snapshot.Job, snapshot.Submission, snapshot.Record.Workers, keepsLost: !isMoved);
        Host(JobActor.Props(now => JobStart.AdoptedFrom(job, members, isMoved, now), _context));
    }

    private void Begin(
        string jobId,
        JobOptions job,
        JobSubmission submission,
        IReadOnlyList<WorkerSnapshot> before,
        bool keepsLost = false
    )
    {
        _jobs++;
        _list.Begin(jobId, job, submission);
        _progress = null;
        _nodes.Begin(before, keepsLost);
    }

    private void Host(Props props)
    {
        _job = Context.ActorOf(props, $"job-{_jobs}");
        Context.Watch(_job);
        foreach (var node in _nodes.Present)
            _job.Tell(node);
    }
}
