using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Serialization;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// The cluster's singleton: knows the nodes, takes jobs one at a time, goes on with one that a coordinator before it
/// has left, tells the status.
/// </summary>
internal sealed class CoordinatorActor : ReceiveActor
{
    private readonly CoordinatorContext _context;
    private readonly SortedDictionary<string, NodeProtocol.NodeJoined> _nodes = new(StringComparer.Ordinal);
    private const int MostGone = 1_000;
    private readonly Dictionary<IActorRef, string> _roots = [];
    private readonly Queue<NodeSummary> _gone = [];
    private readonly RestartCount _restarts = new();
    private const int MostStrangers = 1_000;
    private readonly HashSet<string> _strangers = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _job;
    private string _jobName = "";
    private JobProgress? _progress;
    private int _jobs;

    public static Props Props(CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new CoordinatorActor(context));

    public CoordinatorActor(CoordinatorContext context)
    {
        _context = context;
        Receive<NodeProtocol.Enrol>(Enrol);
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            // Of a process whose address another has by now, which has enrolled before the cluster's word came.
            if (_nodes.TryGetValue(lost.Node, out var known) && lost.Uid is { } past && past != known.Node.Uid)
                return;
            if (_nodes.Remove(lost.Node, out var gone))
                Remember(gone, lost.Reason);
            _job?.Tell(lost);
        });
        Receive<NodeProtocol.NodeUnreachable>(unreachable => _job?.Tell(unreachable));
        Receive<NodeProtocol.NodeReachable>(reachable => _job?.Tell(reachable));
        Receive<ClientProtocol.Hello>(hello =>
        {
            Sender.Tell(new ClientProtocol.Welcome(Self, BuildVersion.Here));
            var who = Sender.Path.Address.ToString();
            // A node says it once a second for as long as it waits, and a foreign program whatever it likes.
            if (
                BuildVersion.Difference(hello.Version, who, "this coordinator") is { } difference
                && _strangers.Count < MostStrangers
                && _strangers.Add(difference)
            )
                _log.Warning("{0}", difference);
        });
        Receive<ClientProtocol.GetStatus>(_ =>
            Sender.TellInPages(
                Context.System,
                new ClientProtocol.Status(new ClusterStatus([.. _nodes.Values.Select(Summary), .. _gone], _progress)),
                Self
            )
        );
        Receive<ClientProtocol.Submit>(Accept);
        Receive<ClientProtocol.IJobRequest>(Pass);
        Receive<JobProgress>(progress => _progress = progress);
        Receive<JobActor.Over>(_ =>
        {
            if (Sender.Equals(_job))
                JobEnded();
        });
        Receive<ServerProtocol.Recalled>(recalled =>
        {
            if (_job is null && recalled.Jobs.MaxBy(job => job.Memory.Record.Seconds) is { } job)
                GoOn(job);
        });
        Receive<Terminated>(ended =>
        {
            if (ended.ActorRef.Equals(_job))
                JobEnded();
            else if (_roots.Remove(ended.ActorRef, out var node) && !ended.AddressTerminated)
                Stopped(node);
        });
    }

    protected override void PreStart() => Context.ActorOf(_context.Membership, "membership");

    // A job that failed in the coordinator has lost its books: it ends, and its client hears of it by watching.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Enrol(NodeProtocol.Enrol node)
    {
        Sender.Tell(new NodeProtocol.Enrolled(Self));
        _roots[Context.Watch(Sender)] = node.Node;
        if (_nodes.TryGetValue(node.Node, out var known))
        {
            if (Equals(known.Node.Worker, node.Worker) && Equals(known.Node.Server, node.Server))
                return;
            const string reason = "it was started again";
            Remember(known, reason);
            _job?.Tell(new NodeProtocol.NodeLost(node.Node, reason));
        }
        _log.Info("Node {0} has enrolled with {1}", node.Node, string.Join(", ", node.Roles));
        var joined = Numbered(node);
        _nodes[node.Node] = joined;
        _job?.Tell(joined);
        // A coordinator before this one may have left a job with it.
        if (_job is null)
            node.Server?.Tell(new ServerProtocol.Recall());
    }

    /// <summary>
    /// A node has ended in an actor system that goes on. Where the whole system is gone, membership says so, and why.
    /// </summary>
    private void Stopped(string node)
    {
        // It may have been started again already.
        if (_roots.ContainsValue(node) || !_nodes.Remove(node, out var gone))
            return;
        const string reason = "ActorTrain was stopped on it";
        Remember(gone, reason);
        _job?.Tell(new NodeProtocol.NodeLost(node, reason));
    }

    // Whoever looks at a job wants to know who was there: until the next one begins, and the latest of very many.
    private void Remember(NodeProtocol.NodeJoined gone, string reason)
    {
        if (!IsJobKnown)
            return;
        if (_gone.Count == MostGone)
            _gone.Dequeue();
        _gone.Enqueue(Summary(gone) with { Absence = reason.AsClause() });
    }

    private bool IsJobKnown => _job is not null || _progress is not null;

    private NodeProtocol.NodeJoined Numbered(NodeProtocol.Enrol node) => new(node, IsJobKnown ? _restarts.Of(node) : 0);

    private static NodeSummary Summary(NodeProtocol.NodeJoined joined) =>
        new(joined.Node.Node, joined.Node.Roles) { Restarts = joined.Restarts };

    private void JobEnded()
    {
        _job = null;
        // It has said how it ended, unless it failed itself.
        if (_progress is { Phase: not (JobPhase.Completed or JobPhase.Stopped or JobPhase.Failed) } cut)
            _progress = cut with { Phase = JobPhase.Failed, Reason = "its coordinator failed; the log says why" };
    }

    private void Pass(object message)
    {
        if (_job is null)
            Sender.Tell(new ClientProtocol.Rejected("no job runs on this cluster"));
        else
            _job.Forward(message);
    }

    private void Accept(ClientProtocol.Submit submit)
    {
        if (_job is not null)
        {
            Sender.Tell(
                new ClientProtocol.Rejected(
                    $"this cluster is at work on job '{_jobName}'; wait until it ends, or stop it"
                )
            );
            return;
        }
        try
        {
            // A client may be of another build, or none of ours.
            JobOptionsReader.Check(submit.Job);
        }
        catch (ActorTrainException wrong)
        {
            Sender.Tell(new ClientProtocol.Rejected(wrong.Message));
            return;
        }
        Begin(submit.Job, before: []);
        Host(JobActor.Props(_context.NewJobId(), submit.Job, Sender, _context));
    }

    private void GoOn(RecalledJob job)
    {
        _log.Warning("Going on with job {0} of the coordinator before", job.Memory.Job.Name);
        Begin(job.Memory.Job, job.Memory.Record.Workers);
        Host(JobActor.Props(job, _context));
    }

    private void Begin(JobOptions job, IReadOnlyList<WorkerMemory> before)
    {
        _jobs++;
        _jobName = job.Name;
        _gone.Clear();
        _progress = null;
        _restarts.Begin(before);
        foreach (var (name, joined) in _nodes.ToList())
            _nodes[name] = joined with { Restarts = _restarts.Of(joined.Node) };
    }

    private void Host(Props props)
    {
        _job = Context.ActorOf(props, $"job-{_jobs}");
        Context.Watch(_job);
        foreach (var node in _nodes.Values)
            _job.Tell(node);
    }
}
