using ActorTrain.Protocol;
using ActorTrain.Remedies;
using ActorTrain.Supervision;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;
using Akka.Actor;

namespace ActorTrain.TestKit.Membership;

/// <summary>
/// The cluster's membership: its members, their reachability, removals (by the same <see cref="DowningDecision"/> as in
/// a real cluster), and the node that hosts the coordinator. It notifies the coordinator by the same messages as the
/// real membership.
/// </summary>
internal sealed class SimulatedMembership(World world, MembershipTimes times, NodeHosting hosting)
{
    private const string RemovedReason =
        "it was removed from the cluster, since it did not answer or its process is gone";
    private readonly TimeSpan _stableAfter = CoordinatorSideDowning.StableAfterOf(world.System.Settings.Config);
    private readonly List<SimulatedNode> _members = [];
    private readonly List<SimulatedNode> _removedButRunning = [];
    private readonly Dictionary<(SimulatedNode Observer, SimulatedNode Member), TimeSpan> _silentSince = [];
    private readonly Dictionary<SimulatedNode, DowningDecision> _decisions = [];
    private readonly HashSet<string> _unreachable = [];
    private SimulatedNode? _coordinatorNode;
    private IActorRef? _subscriber;
    private bool _checkScheduled;

    /// <summary>The coordinator; null while there is none.</summary>
    public IActorRef? Coordinator { get; private set; }

    /// <summary>
    /// Whether a live process hosts the coordinator; the loss of one may not have been noticed yet.
    /// </summary>
    public bool HasCoordinator => _coordinatorNode is { IsDead: false };

    /// <summary>All members, the oldest first.</summary>
    public IReadOnlyList<SimulatedNode> Members => _members;

    /// <summary>Notifies a coordinator from now on.</summary>
    public void Subscribe(IActorRef coordinator)
    {
        _subscriber = coordinator;
        coordinator.Tell(new NodeProtocol.Members([.. _members.Select(member => member.Name)]));
        foreach (var name in _unreachable)
            coordinator.Tell(new NodeProtocol.NodeUnreachable(name));
    }

    /// <summary>A node's process has started; it joins as soon as it reaches the others.</summary>
    public void Start(SimulatedNode node) =>
        world.Time.Schedule(world.Time.Now + times.Join, new WorldEvent(() => Join(node)));

    /// <summary>A node's process was killed.</summary>
    public void NodeKilled(SimulatedNode node)
    {
        hosting.StopNode(node);
        world.Time.Schedule(
            world.Time.Now + times.Gone,
            new WorldEvent(() =>
            {
                if (_members.Contains(node) && IsReachedByAnotherCoordinatorNode(node))
                    Remove(node, RemovedReason);
                // A client is no member: its own connection fails.
                node.Watches.NotifyLost(watcher => watcher.Plan.Roles.Count == 0);
            })
        );
        ReachabilityChanged();
    }

    /// <summary>All nodes were killed: the next that starts forms another cluster.</summary>
    /// <param name="nodes">Those that ran.</param>
    public void AllKilled(IReadOnlyList<SimulatedNode> nodes)
    {
        foreach (var node in nodes)
            hosting.StopNode(node);
        (_coordinatorNode, Coordinator, _subscriber) = (null, null, null);
        foreach (var member in _members.ToList())
            Remove(member, RemovedReason);
        _removedButRunning.Clear();
    }

    /// <summary>A node has left in order.</summary>
    public void NodeLeft(SimulatedNode node)
    {
        Remove(node, "it left the cluster");
        hosting.StopNode(node);
        _removedButRunning.Remove(node);
    }

    /// <summary>Some nodes may have become unreachable or reachable.</summary>
    public void ReachabilityChanged()
    {
        if (!_checkScheduled)
            Check();
    }

    /// <summary>A frozen node resumes: it received nothing meanwhile, so its waiting times begin anew.</summary>
    public void NodeThawed(SimulatedNode node)
    {
        foreach (var pair in _silentSince.Keys.Where(pair => pair.Observer == node).ToList())
            _silentSince.Remove(pair);
        ReachabilityChanged();
    }

    private IEnumerable<SimulatedNode> CoordinatorNodes =>
        _members.Where(node => MayCoordinate(node) && IsRunning(node));

    private static bool MayCoordinate(SimulatedNode node) => node.Plan.Roles.Contains(NodeRoles.Coordinator);

    private static bool IsRunning(SimulatedNode node) => !node.IsDead && !node.IsFrozen;

    private bool IsReachedByAnotherCoordinatorNode(SimulatedNode node) =>
        CoordinatorNodes.Any(other => other != node && !world.Network.AreCut(other, node));

    private void Join(SimulatedNode node)
    {
        if (node.IsDead)
            return;
        if (node.IsFrozen || (_members.Count > 0 && _members.All(member => world.Network.AreCut(member, node))))
        {
            Start(node);
            return;
        }
        // Its former process is gone, but was not removed yet.
        if (_members.Find(member => member.Name == node.Name) is { } former)
            Remove(former, RemovedReason);
        _members.Add(node);
        hosting.StartNode(node, this);
        if (_coordinatorNode is null)
            MoveCoordinator();
    }

    private void MoveCoordinator()
    {
        if (_coordinatorNode is not null || CoordinatorNodes.FirstOrDefault() is not { } oldest)
            return;
        _coordinatorNode = oldest;
        Coordinator = hosting.StartCoordinator(oldest, this);
    }

    private void Check()
    {
        _checkScheduled = false;
        foreach (var observer in CoordinatorNodes.ToList())
            Decide(observer);
        foreach (var observer in _members.Where(node => !MayCoordinate(node) && IsRunning(node)).ToList())
            FollowCoordinatorNodes(observer);
        TellUnreachable();
        foreach (var node in _removedButRunning.Where(LearnsOfItsRemoval).ToList())
            Restart(node);
        if (!_checkScheduled && NeedsCheck)
        {
            _checkScheduled = true;
            world.Time.Schedule(world.Time.Now + times.Look, new WorldEvent(Check));
        }
    }

    private bool NeedsCheck =>
        _silentSince.Count > 0
        || _unreachable.Count > 0
        || _removedButRunning.Count > 0
        || _members.Any(node => !IsRunning(node));

    private void Decide(SimulatedNode coordinatorNode)
    {
        var nodes = _members
            .Select(member => new DowningDecision.Node(
                member.Name,
                MayCoordinate(member),
                !IsUnreachable(coordinatorNode, member)
            ))
            .ToList();
        var (takeOut, stop) = GetDecision(coordinatorNode).Decide(coordinatorNode.Name, nodes, world.Time.Now);
        foreach (var name in takeOut)
            if (_members.Find(member => member.Name == name) is { } member)
                Remove(member, RemovedReason);
        if (stop is not null)
            Restart(coordinatorNode);
    }

    private void FollowCoordinatorNodes(SimulatedNode node)
    {
        var nodes = _members
            .Where(MayCoordinate)
            .Select(coordinatorNode => new DowningDecision.Node(
                coordinatorNode.Name,
                true,
                !IsUnreachable(node, coordinatorNode)
            ))
            .ToList();
        if (nodes.TrueForAll(coordinatorNode => coordinatorNode.IsReachable))
        {
            _decisions.Remove(node);
            return;
        }
        if (GetDecision(node).Decide(node.Name, nodes, world.Time.Now).Stop is not null)
            Restart(node);
    }

    private DowningDecision GetDecision(SimulatedNode node)
    {
        if (!_decisions.TryGetValue(node, out var decision))
            _decisions.Add(node, decision = new DowningDecision(_stableAfter));
        return decision;
    }

    private bool IsUnreachable(SimulatedNode observer, SimulatedNode member)
    {
        if (observer == member)
            return false;
        var pair = (observer, member);
        if (IsRunning(member) && !world.Network.AreCut(observer, member))
        {
            _silentSince.Remove(pair);
            return false;
        }
        if (!_silentSince.TryGetValue(pair, out var since))
            _silentSince.Add(pair, since = world.Time.Now);
        return world.Time.Now - since >= times.Unreachable;
    }

    private void TellUnreachable()
    {
        if (_coordinatorNode is not { } observer || !IsRunning(observer))
            return;
        foreach (var member in _members)
        {
            if (IsUnreachable(observer, member) ? !_unreachable.Add(member.Name) : !_unreachable.Remove(member.Name))
                continue;
            Tell(
                _unreachable.Contains(member.Name)
                    ? new NodeProtocol.NodeUnreachable(member.Name)
                    : new NodeProtocol.NodeReachable(member.Name)
            );
        }
    }

    private void Tell(object message) => _subscriber?.Tell(message);

    private void Remove(SimulatedNode node, string reason)
    {
        if (!_members.Remove(node))
            return;
        foreach (var pair in _silentSince.Keys.Where(pair => pair.Observer == node || pair.Member == node).ToList())
            _silentSince.Remove(pair);
        _decisions.Remove(node);
        _unreachable.Remove(node.Name);
        node.WasRemoved = true;
        world.Network.Forget(node);
        if (!node.IsDead)
            _removedButRunning.Add(node);
        if (node == _coordinatorNode)
        {
            (_coordinatorNode, Coordinator, _subscriber) = (null, null, null);
            _unreachable.Clear();
            world.Time.Schedule(world.Time.Now + times.CoordinatorMoves, new WorldEvent(MoveCoordinator));
        }
        Tell(new NodeProtocol.NodeLost(node.Name, reason));
        // Watchers of its actors are notified when all members know.
        world.Time.Schedule(world.Time.Now + times.Removed, new WorldEvent(node.Watches.NotifyLost));
    }

    // A member that it still sends to tells it.
    private bool LearnsOfItsRemoval(SimulatedNode node) =>
        IsRunning(node) && _members.Exists(member => IsRunning(member) && !world.Network.AreCut(member, node));

    private void Restart(SimulatedNode node)
    {
        _removedButRunning.Remove(node);
        Remove(node, RemovedReason);
        _removedButRunning.Remove(node);
        hosting.StopNode(node);
        world.Time.Schedule(world.Time.Now + times.Restart, new WorldEvent(() => hosting.Restart(node.Plan)));
    }
}
