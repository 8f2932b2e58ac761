using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using ActorTrain.Lane;
using ActorTrain.TestKit.Membership;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.TestKit.Nodes;

/// <summary>Begins and ends what the nodes' processes host: the actors that real nodes host.</summary>
/// <param name="world">The simulation.</param>
/// <param name="lane">The road of tensors.</param>
/// <param name="engines">Makes the engines behind the nodes' speeds.</param>
internal sealed class NodeHosting(World world, ITensorLane lane, IEngineFactory engines)
{
    private readonly TimeSpan _resendAfter = WorkerContext.ResendAfterOf(world.System.Settings.Config);
    private readonly Dictionary<SimulatedNode, IActorRef> _roots = [];
    private readonly Dictionary<SimulatedNode, List<IActorRef>> _hosted = [];
    private readonly Dictionary<string, string> _nodesOfRoots = [];
    private int _number;
    private int _jobs;

    /// <summary>Starts a node's process anew; set by whoever knows all nodes.</summary>
    public Action<NodePlan> StartAgain { get; set; } = _ => { };

    /// <summary>A node is a member now.</summary>
    public void Begin(SimulatedNode node, SimulatedMembership membership)
    {
        var proxy = Host(node, CoordinatorProxyActor.Props(membership), "proxy");
        var worker = node.Plan.Roles.Contains(NodeRoles.Worker)
            ? new WorkerContext(new SimulatedEngines(node, engines), lane, _resendAfter)
            : null;
        _roots[node] = Host(node, NodeActor.Props(node.Name, node.Plan.Roles, proxy, lane, worker), "node");
    }

    /// <summary>A node is to hold the coordinator.</summary>
    public IActorRef BeginCoordinator(SimulatedNode node, SimulatedMembership membership) =>
        Host(
            node,
            CoordinatorActor.Props(
                new CoordinatorContext(
                    CoordinatorOptions.Of(world.System.Settings.Config),
                    node.Name,
                    () => $"{++_jobs}",
                    MembershipListener.Props(membership),
                    NodeOf
                )
            ),
            "coordinator"
        );

    /// <summary>A node is told to leave; whoever hosts it hears when it has given everything back.</summary>
    public void Leave(SimulatedNode node, Action left)
    {
        if (_roots.TryGetValue(node, out var root))
            Host(node, Props.Create(() => new Leaver(root, left)), "leaver");
    }

    /// <summary>A node's process ends, whatever it is at.</summary>
    public void End(SimulatedNode node)
    {
        node.Die();
        _roots.Remove(node);
        if (!_hosted.Remove(node, out var hosted))
            return;
        foreach (var actor in hosted)
            world.System.Stop(actor);
    }

    private IActorRef Host(SimulatedNode node, Props props, string what)
    {
        var name = $"{what}-{++_number}";
        _nodesOfRoots[name] = node.Name;
        IActorRef actor = ActorRefs.Nobody;
        world.Within(node, () => actor = world.System.ActorOf(props, name));
        if (!_hosted.TryGetValue(node, out var hosted))
            _hosted.Add(node, hosted = []);
        hosted.Add(actor);
        return actor;
    }

    // The path of every actor begins with user, and what its node hosts.
    private string NodeOf(IActorRef actor) => _nodesOfRoots[actor.Path.Elements[1]];

    private sealed class Leaver : ReceiveActor
    {
        public Leaver(IActorRef root, Action left)
        {
            Receive<WorkerNodeActor.Left>(_ => left());
            root.Tell(new WorkerNodeActor.Leave("its node was told to leave"));
        }
    }
}
