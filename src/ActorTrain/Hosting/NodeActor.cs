using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Pending;
using ActorTrain.Protocol;
using ActorTrain.Results;
using ActorTrain.Server;
using ActorTrain.Telemetry;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Hosting;

/// <summary>
/// The root of a node: hosts what the roles name, enrols with the coordinator, and forwards clients to it.
/// </summary>
internal sealed class NodeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan EnrolInterval = TimeSpan.FromSeconds(1);
    private readonly IActorRef _coordinator;
    private readonly NodeProtocol.Enrol _enrol;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _enrolledWith;
    private string? _difference;
    private bool _hasLeft;

    private sealed record TryEnrol;

    private sealed record HasLeft;

    /// <summary>Any actor in this system → node: are you enrolled? Answered by <see cref="EnrolmentStatus"/>.</summary>
    public sealed record GetEnrolmentStatus;

    /// <summary>Node → the actor that asked.</summary>
    /// <param name="Coordinator">The coordinator that it is enrolled with; null while there is none.</param>
    /// <param name="HasJob">Whether its worker or its shards take part in a job.</param>
    /// <param name="Difference">How the coordinator's version differs, which prevents the enrolment; null where it does
    /// not differ.</param>
    public sealed record EnrolmentStatus(IActorRef? Coordinator, bool HasJob = false, string? Difference = null);

    public static Props Props(
        string node,
        IReadOnlyList<string> roles,
        IActorRef coordinator,
        ITensorLane lane,
        WorkerContext? worker,
        Algorithms algorithms,
        int uid = 0,
        ResultOptions? results = null,
        string? pendingJobs = null,
        string? stateFolder = null
    ) =>
        Akka.Actor.Props.Create(() =>
            new NodeActor(node, roles, coordinator, lane, worker, algorithms, uid, results, pendingJobs, stateFolder)
        );

    public NodeActor(
        string node,
        IReadOnlyList<string> roles,
        IActorRef coordinator,
        ITensorLane lane,
        WorkerContext? worker,
        Algorithms algorithms,
        int uid,
        ResultOptions? results,
        string? pendingJobs,
        string? stateFolder
    )
    {
        _coordinator = coordinator;
        var holdsShards = roles.Contains(NodeRoles.Server) || roles.Contains(NodeRoles.Standby);
        _enrol = new NodeProtocol.Enrol(
            node,
            [.. roles],
            worker is null ? null : Context.ActorOf(WorkerNodeActor.Props(worker), "worker"),
            holdsShards ? Context.ActorOf(ServerNodeActor.Props(lane, algorithms), "server") : null,
            uid,
            [.. algorithms.Added],
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            holdsShards && results is not null
                ? Context.ActorOf(ResultsActor.Props(node, results, lane), "results")
                : null,
            holdsShards ? Context.ActorOf(PendingJobsActor.Props(pendingJobs), "pending-jobs") : null,
            holdsShards ? Context.ActorOf(CheckpointsActor.Props(stateFolder), "checkpoints") : null
        );

        // Only these two messages are the same in every version.
        Receive<TryEnrol>(_ => _coordinator.Tell(new ClientProtocol.Hello(BuildVersion.Here)));
        Receive<ClientProtocol.Welcome>(welcome =>
        {
            _difference = BuildVersion.Difference(welcome.Version, "the coordinator", "this node");
            if (_difference is null)
                _coordinator.Tell(_enrol);
        });
        Receive<NodeProtocol.Enrolled>(enrolled =>
        {
            Timers.Cancel("enrol");
            _enrolledWith = Context.Watch(enrolled.Coordinator);
            _log.Enrolled(enrolled.Coordinator.Path.Address);
        });
        Receive<Terminated>(gone =>
        {
            // A newer coordinator may have answered already.
            if (!gone.ActorRef.Equals(_enrolledWith))
                return;
            _enrolledWith = null;
            StartEnrolling();
        });
        Receive<GetEnrolmentStatus>(_ => Sender.Tell(new EnrolmentStatus(_enrolledWith, HasJob, _difference)));
        Receive<ClientProtocol.Hello>(hello => _coordinator.Forward(hello));
        Receive<WorkerNodeActor.Leave>(leave =>
        {
            var isCoordinator = _enrolledWith?.Path.Address.HasLocalScope == true;
            var leaving = Context.ActorOf(
                LeaveActor.Props(_coordinator, node, _enrol.Worker, isCoordinator, () => HasChildren(_enrol.Server))
            );
            Context.WatchWith(leaving, new HasLeft());
            leaving.Forward(leave);
        });
        Receive<HasLeft>(_ =>
        {
            _hasLeft = true;
            Timers.Cancel("enrol");
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => StartEnrolling();

    // Both have children only while there is a job: a worker, or shards.
    private bool HasJob => HasChildren(_enrol.Worker) || HasChildren(_enrol.Server);

    private static bool HasChildren(IActorRef? host) => host is ActorRefWithCell cell && cell.Children.Any();

    private void StartEnrolling()
    {
        // Another coordinator is not to go on with the shards of a node that ends.
        if (!_hasLeft)
            Timers.StartPeriodicTimer("enrol", new TryEnrol(), TimeSpan.Zero, EnrolInterval);
    }
}
