using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
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

    private static readonly TimeSpan WorkerTimeout = TimeSpan.FromSeconds(4);

    // A larger shard is copied for longer: then another node goes on from the copy before.
    private static readonly TimeSpan HandoverTimeout = TimeSpan.FromSeconds(8);

    /// <summary>How long it may take to leave.</summary>
    public static readonly TimeSpan LeaveTimeout = WorkerTimeout + HandoverTimeout + TimeSpan.FromSeconds(1);

    private readonly IActorRef _coordinator;
    private readonly NodeProtocol.Enrol _enrol;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _enrolledWith;
    private string? _difference;
    private IActorRef _leaveRequester = ActorRefs.Nobody;

    private sealed record TryEnrol;

    private sealed record WorkerTimedOut;

    private sealed record HandoverTimedOut;

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
        int uid = 0
    ) => Akka.Actor.Props.Create(() => new NodeActor(node, roles, coordinator, lane, worker, algorithms, uid));

    public NodeActor(
        string node,
        IReadOnlyList<string> roles,
        IActorRef coordinator,
        ITensorLane lane,
        WorkerContext? worker,
        Algorithms algorithms,
        int uid
    )
    {
        _coordinator = coordinator;
        _enrol = new NodeProtocol.Enrol(
            node,
            [.. roles],
            worker is null ? null : Context.ActorOf(WorkerNodeActor.Props(worker), "worker"),
            roles.Contains(NodeRoles.Server) || roles.Contains(NodeRoles.Standby)
                ? Context.ActorOf(ServerNodeActor.Props(lane, algorithms), "server")
                : null,
            uid,
            [.. algorithms.Added],
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes
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
            _leaveRequester = Sender;
            if (_enrol.Worker is not { } hosted)
            {
                HandOver();
                return;
            }
            Timers.StartSingleTimer("leave", new WorkerTimedOut(), WorkerTimeout);
            hosted.Tell(leave);
        });
        Receive<WorkerTimedOut>(_ =>
        {
            _log.LeaseAbandoned(WorkerTimeout.TotalSeconds);
            HandOver();
        });
        Receive<WorkerNodeActor.Left>(_ => HandOver());
        Receive<NodeProtocol.MayLeave>(_ => Leave());
        Receive<ClientProtocol.Rejected>(_ => Leave());
        Receive<HandoverTimedOut>(_ => Leave());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => StartEnrolling();

    // Both have children only while there is a job: a worker, or shards.
    private bool HasJob =>
        new[] { _enrol.Worker, _enrol.Server }.OfType<ActorRefWithCell>().Any(host => host.Children.Any());

    /// <summary>The shards and the coordinator go on elsewhere.</summary>
    private void HandOver()
    {
        Timers.Cancel("leave");
        if (_enrolledWith is { } coordinator && (HasJob || coordinator.Path.Address.HasLocalScope))
        {
            Timers.StartSingleTimer("leave", new HandoverTimedOut(), HandoverTimeout);
            coordinator.Tell(new NodeProtocol.Leaving(_enrol.Node));
        }
        else
            Leave();
    }

    private void Leave() => _leaveRequester.Tell(new WorkerNodeActor.Left());

    private void StartEnrolling() => Timers.StartPeriodicTimer("enrol", new TryEnrol(), TimeSpan.Zero, EnrolInterval);
}
