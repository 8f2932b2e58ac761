using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using ActorTrain.Threads;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// The cluster's singleton: knows the nodes, accepts jobs and has them trained (<see cref="ClusterJobs"/>), and answers
/// with the status.
/// </summary>
internal sealed class CoordinatorActor : ReceiveActor
{
    private readonly CoordinatorContext _context;
    private readonly EnrolledNodes _nodes = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly VersionDifferences _versions = new(Context.GetLogger());
    private readonly ClusterJobs _jobs;

    public static Props Props(CoordinatorContext context) =>
        Akka.Actor.Props.Create(() => new CoordinatorActor(context));

    public CoordinatorActor(CoordinatorContext context)
    {
        (_context, _jobs) = (context, new ClusterJobs(context, _nodes, Context));
        Receive<NodeProtocol.Enrol>(Enrol);
        Receive<NodeProtocol.Members>(members =>
        {
            _nodes.Know(members.Nodes);
            _jobs.Await(members.Nodes);
        });
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            if (_nodes.Lose(lost))
                _jobs.Lose(lost);
        });
        Receive<NodeProtocol.NodeUnreachable>(_jobs.Tell);
        Receive<NodeProtocol.NodeReachable>(_jobs.Tell);
        Receive<ClientProtocol.Hello>(hello =>
        {
            Sender.Tell(new ClientProtocol.Welcome(Self, BuildVersion.Here));
            _versions.Log(hello.Version, Sender);
        });
        Receive<ClientProtocol.GetStatus>(_ =>
            Sender.TellInPages(
                Context.System,
                new ClientProtocol.Status(new ClusterStatus(_nodes.Summaries, _jobs.Progress)),
                Self
            )
        );
        Receive<ClientProtocol.GetJobs>(_ =>
            Sender.TellInPages(Context.System, new ClientProtocol.Jobs([.. _jobs.All]), Self)
        );
        Receive<ResultProtocol.KeptJobs>(kept => _jobs.Know(kept.Jobs));
        Receive<PendingJobProtocol.Known>(known => _jobs.Know(known.Jobs, Sender));
        Receive<ServerProtocol.StoredJobs>(stored => _jobs.Know(stored.Jobs));
        Receive<ClientProtocol.Submit>(submit => _jobs.Accept(submit, Sender));
        Receive<ClientProtocol.GetCheckpoint>(get =>
        {
            var folder = _context.Options.StateFolder;
            Context.RunBlocking(() => JobPreparation.FindJob(get.Resume, folder), Sender);
        });
        Receive<JobPreparation.Ready>(_jobs.Begin);
        Receive<JobPreparation.Refused>(_jobs.Refuse);
        Receive<QueuedJobActor.AskTurn>(_jobs.Answer);
        Receive<QueuedJobActor.HandedOver>(_jobs.Host);
        Receive<ClientProtocol.Follow>(follow => _jobs.Follow(follow, Sender));
        Receive<NodeProtocol.Leaving>(leaving =>
        {
            _nodes.Drain(leaving.Node);
            _jobs.Forward(leaving, Sender);
        });
        Receive<ClientProtocol.IJobRequest>(request => _jobs.Forward(request, Sender));
        Receive<JobProgress>(_jobs.Progressed);
        Receive<JobCheckpoints.Written>(_jobs.Keep);
        Receive<JobEnd.Over>(over => _jobs.End(over, Sender));
        Receive<JobEnd.Interrupted>(interrupted => _jobs.Interrupt(interrupted, Sender));
        Receive<JobEnd.Reopened>(reopened => _jobs.Reopen(reopened, Sender));
        Receive<Terminated>(ended =>
        {
            if (!_jobs.Lose(ended.ActorRef) && _nodes.Stopped(ended) is { } lost)
                _jobs.Tell(lost);
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
            _jobs.Tell(before);
        _log.NodeEnrolled(node.Node, string.Join(", ", node.Roles));
        node.Results?.Tell(new ResultProtocol.GetKept());
        _jobs.Joined(joined);
    }
}
