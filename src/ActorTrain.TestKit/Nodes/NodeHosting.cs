using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.TestKit.Membership;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.TestKit.Nodes;

/// <summary>Starts and stops the actors that real nodes host.</summary>
/// <param name="world">The simulation.</param>
/// <param name="lane">The tensor lane.</param>
/// <param name="engines">Creates the engines whose time the nodes' speeds simulate.</param>
/// <param name="algorithms">The algorithms that jobs may name.</param>
/// <param name="disks">The nodes' state folders; null where no job needs one.</param>
internal sealed class NodeHosting(
    World world,
    ITensorLane lane,
    IEngineFactory engines,
    Algorithms algorithms,
    SimulatedDisks? disks
)
{
    private readonly TimeSpan _resendAfter = WorkerContext.ResendAfterOf(world.System.Settings.Config);
    private readonly Dictionary<SimulatedNode, IActorRef> _roots = [];
    private readonly Dictionary<SimulatedNode, List<IActorRef>> _hosted = [];
    private readonly Dictionary<string, string> _nodeNames = [];
    private int _lastNumber;
    private int _jobs;

    /// <summary>Starts a node's process again; set by the cluster.</summary>
    public Action<NodePlan> Restart { get; set; } = _ => { };

    /// <summary>Starts the actors of a new member.</summary>
    public void StartNode(SimulatedNode node, SimulatedMembership membership)
    {
        var proxy = Host(node, CoordinatorProxyActor.Props(membership), "proxy");
        var worker = node.Plan.Roles.Contains(NodeRoles.Worker)
            ? new WorkerContext(new SimulatedEngines(node, engines), lane, _resendAfter, algorithms)
            : null;
        var pendingJobs = disks is null ? null : Path.Combine(disks.FolderOf(node.Name), "jobs");
        _roots[node] = Host(
            node,
            NodeActor.Props(
                node.Name,
                node.Plan.Roles,
                proxy,
                lane,
                worker,
                algorithms,
                uid: 0,
                results: null,
                pendingJobs,
                disks?.FolderOf(node.Name)
            ),
            "node"
        );
    }

    /// <summary>Starts the coordinator on a node.</summary>
    public IActorRef StartCoordinator(SimulatedNode node, SimulatedMembership membership)
    {
        var options = CoordinatorOptions.From(world.System.Settings.Config);
        return Host(
            node,
            CoordinatorActor.Props(
                new CoordinatorContext(
                    disks is null ? options : options with { StateFolder = disks.FolderOf(node.Name) },
                    node.Name,
                    () => $"{++_jobs}",
                    MembershipListener.Props(membership),
                    NodeOf,
                    algorithms
                )
            ),
            "coordinator"
        );
    }

    /// <summary>Asks a node to leave; calls back when it has left.</summary>
    public void Leave(SimulatedNode node, Action left)
    {
        if (_roots.TryGetValue(node, out var root))
            Host(node, Props.Create(() => new LeaveActor(root, left)), "leaver");
    }

    /// <summary>Stops all actors of a node.</summary>
    public void StopNode(SimulatedNode node)
    {
        node.Die();
        _roots.Remove(node);
        if (!_hosted.Remove(node, out var hosted))
            return;
        foreach (var actor in hosted)
            world.System.Stop(actor);
    }

    private IActorRef Host(SimulatedNode node, Props props, string kind)
    {
        var name = $"{kind}-{++_lastNumber}";
        _nodeNames[name] = node.Name;
        IActorRef actor = ActorRefs.Nobody;
        world.RunAs(node, () => actor = world.System.ActorOf(props, name));
        if (!_hosted.TryGetValue(node, out var hosted))
            _hosted.Add(node, hosted = []);
        hosted.Add(actor);
        return actor;
    }

    // An actor's path begins with user and the name of a hosted root actor.
    private string NodeOf(IActorRef actor) => _nodeNames[actor.Path.Elements[1]];

    private sealed class LeaveActor : ReceiveActor
    {
        public LeaveActor(IActorRef root, Action left)
        {
            Receive<WorkerNodeActor.Left>(_ => left());
            root.Tell(new WorkerNodeActor.Leave("its node was asked to leave"));
        }
    }
}
