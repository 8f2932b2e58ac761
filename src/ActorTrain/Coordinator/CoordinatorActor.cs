using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
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
    private readonly SortedDictionary<string, NodeProtocol.NodeJoined> _nodes = new(StringComparer.Ordinal);
    private const int MostLost = 1_000;

    // The actor that each node has enrolled with; it stops with the node.
    private readonly Dictionary<IActorRef, string> _nodeActors = [];
    private readonly Queue<NodeSummary> _lost = [];
    private readonly RestartCount _restarts = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly VersionDifferences _versions = new(Context.GetLogger());

    // Members of the cluster when this coordinator began, less those that were lost since.
    private readonly HashSet<string> _members = [];
    private IActorRef? _job;
    private string _jobName = "";
    private JobProgress? _progress;
    private int _jobs;
    private bool _isPreparing;

    public static Props Props(CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new CoordinatorActor(context));

    public CoordinatorActor(CoordinatorContext context)
    {
        _context = context;
        Receive<NodeProtocol.Enrol>(Enrol);
        Receive<NodeProtocol.Members>(members => _members.UnionWith(members.Nodes));
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            // Another process may have enrolled from the same address before the cluster's event arrived.
            if (_nodes.TryGetValue(lost.Node, out var known) && lost.Uid is { } past && past != known.Node.Uid)
                return;
            _members.Remove(lost.Node);
            if (_nodes.Remove(lost.Node, out var node))
                KeepForStatus(node, lost.Reason);
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
                new ClientProtocol.Status(new ClusterStatus([.. _nodes.Values.Select(Summary), .. _lost], _progress)),
                Self
            )
        );
        Receive<ClientProtocol.Submit>(Accept);
        Receive<ClientProtocol.GetCheckpoint>(get =>
        {
            var folder = _context.Options.StateFolder;
            Task.Run(() => JobPreparation.FindJob(get.Resume, folder)).PipeTo(Sender, Self);
        });
        Receive<JobPreparation.Ready>(Host);
        Receive<JobPreparation.Refused>(refused =>
        {
            _isPreparing = false;
            refused.Client.Tell(new ClientProtocol.Rejected(refused.Reason, ClientProtocol.Rejection.Invalid));
        });
        Receive<ClientProtocol.IJobRequest>(Forward);
        Receive<JobProgress>(progress => _progress = progress);
        Receive<JobEnd.Over>(_ =>
        {
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
            if (_job is null && !_isPreparing && stored.Jobs.MaxBy(job => job.Snapshot.Record.Seconds) is { } job)
                Adopt(job, isMoved: true);
        });
        Receive<Terminated>(ended =>
        {
            if (ended.ActorRef.Equals(_job))
                JobEnded();
            else if (_nodeActors.Remove(ended.ActorRef, out var node) && !ended.AddressTerminated)
                NodeStopped(node);
        });
    }

    protected override void PreStart() => Context.ActorOf(_context.Membership, "membership");

    // A job that failed in the coordinator has lost its counts: it stops, and its client watches it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Enrol(NodeProtocol.Enrol node)
    {
        Sender.Tell(new NodeProtocol.Enrolled(Self));
        _nodeActors[Context.Watch(Sender)] = node.Node;
        if (_nodes.TryGetValue(node.Node, out var known))
        {
            if (Equals(known.Node.Worker, node.Worker) && Equals(known.Node.Server, node.Server))
                return;
            const string reason = "it was started again";
            KeepForStatus(known, reason);
            _job?.Tell(new NodeProtocol.NodeLost(node.Node, reason));
        }
        _log.NodeEnrolled(node.Node, string.Join(", ", node.Roles));
        var joined = WithRestarts(node);
        _nodes[node.Node] = joined;
        _job?.Tell(joined);
        // It may store a job of another coordinator.
        if (_job is null)
            node.Server?.Tell(new ServerProtocol.GetStoredJobs());
    }

    /// <summary>
    /// A node has stopped in an actor system that goes on. The loss of a whole system comes from membership, with its
    /// reason.
    /// </summary>
    private void NodeStopped(string node)
    {
        // It may have been started again already.
        if (_nodeActors.ContainsValue(node) || !_nodes.Remove(node, out var stopped))
            return;
        const string reason = "ActorTrain was stopped on it";
        KeepForStatus(stopped, reason);
        _job?.Tell(new NodeProtocol.NodeLost(node, reason));
    }

    // The status shows the nodes that a job has lost until the next job begins, and the latest where there are many.
    private void KeepForStatus(NodeProtocol.NodeJoined lost, string reason)
    {
        if (!IsJobKnown)
            return;
        if (_lost.Count == MostLost)
            _lost.Dequeue();
        _lost.Enqueue(Summary(lost) with { Absence = reason.AsClause() });
    }

    private IReadOnlyCollection<NodeProtocol.Enrol> Nodes => [.. _nodes.Values.Select(joined => joined.Node)];

    private bool IsJobKnown => _job is not null || _progress is not null;

    private NodeProtocol.NodeJoined WithRestarts(NodeProtocol.Enrol node) =>
        new(node, IsJobKnown ? _restarts.Get(node) : 0);

    private static NodeSummary Summary(NodeProtocol.NodeJoined joined) =>
        new(joined.Node.Node, joined.Node.Roles) { Restarts = joined.Restarts };

    private void JobEnded()
    {
        _job = null;
        // Its last progress tells how it ended, unless its actor failed.
        if (_progress is { Phase: not (JobPhase.Completed or JobPhase.Canceled or JobPhase.Failed) } cut)
            _progress = cut with { Phase = JobPhase.Failed, Reason = "its coordinator failed; the log says why" };
    }

    private void Forward(object message)
    {
        if (_job is null)
            Sender.Tell(new ClientProtocol.Rejected("no job runs on this cluster"));
        else
            _job.Forward(message);
    }

    private void Accept(ClientProtocol.Submit submit)
    {
        if (_job is not null || _isPreparing)
        {
            Sender.Tell(
                new ClientProtocol.Rejected(
                    $"this cluster is at work on job '{_jobName}'; wait until it ends, or cancel it",
                    ClientProtocol.Rejection.Busy
                )
            );
            return;
        }
        if (
            (AlgorithmChecks.RefusalOf(submit.Job, _context.Algorithms) ?? AlgorithmChecks.LackOf(submit.Job, Nodes)) is
            { } refusal
        )
        {
            Sender.Tell(new ClientProtocol.Rejected(refusal, ClientProtocol.Rejection.Invalid));
            return;
        }
        var (jobId, job, client) = (_context.NewJobId(), submit.Job, Sender);
        if (!JobPreparation.IsNeeded(job))
        {
            Host(new JobPreparation.Ready(client, jobId, job, Resumed: null));
            return;
        }
        (_isPreparing, _jobName) = (true, job.Name);
        // It reads the disk.
        Task.Run(() => JobPreparation.Prepare(job, jobId, client, _context.Options.StateFolder)).PipeTo(Self);
    }

    private void Host(JobPreparation.Ready ready)
    {
        _isPreparing = false;
        var (client, jobId, job, resumed) = ready;
        Begin(job, resumed?.Manifest.Record.Workers ?? []);
        Host(
            JobActor.Props(
                now =>
                    resumed is null
                        ? JobStart.Submitted(jobId, job, client, now)
                        : JobStart.ResumedFrom(jobId, resumed, client, now),
                _context
            )
        );
    }

    /// <param name="job">The job.</param>
    /// <param name="isMoved">Whether it was another coordinator's; otherwise it has lost a shard.</param>
    private void Adopt(StoredJob job, bool isMoved)
    {
        _log.JobAdopted(job.Snapshot.Job.Name);
        var lost = _lost.ToList();
        Begin(job.Snapshot.Job, job.Snapshot.Record.Workers);
        if (!isMoved)
            lost.ForEach(_lost.Enqueue);
        string[] members = [.. _members.Union(_nodes.Keys)];
        Host(JobActor.Props(now => JobStart.AdoptedFrom(job, members, isMoved, now), _context));
    }

    private void Begin(JobOptions job, IReadOnlyList<WorkerSnapshot> before)
    {
        _jobs++;
        _jobName = job.Name;
        _lost.Clear();
        _progress = null;
        _restarts.Begin(before);
        foreach (var (name, joined) in _nodes.ToList())
            _nodes[name] = joined with { Restarts = _restarts.Get(joined.Node) };
    }

    private void Host(Props props)
    {
        _job = Context.ActorOf(props, $"job-{_jobs}");
        Context.Watch(_job);
        foreach (var node in _nodes.Values)
            _job.Tell(node);
    }
}
