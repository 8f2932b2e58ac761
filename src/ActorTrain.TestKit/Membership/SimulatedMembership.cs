using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using ActorTrain.Supervision;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;
using Akka.Actor;

namespace ActorTrain.TestKit.Membership;

/// <summary>
/// The cluster's membership: who is a member, who does not answer whom, who is taken out (by the same
/// <see cref="DowningDecision"/> as in a real cluster), and which node holds the coordinator. What it finds it tells
/// the coordinator in the messages that the real one tells.
/// </summary>
internal sealed class SimulatedMembership(World world, MembershipTimes times, NodeHosting hosting)
{
    private const string TakenOut = "it was removed from the cluster, since it did not answer or its process is gone";
    private readonly TimeSpan _stableAfter = CoordinatorSideDowning.StableAfterOf(world.System.Settings.Config);
    private readonly List<SimulatedNode> _members = [];
    private readonly List<SimulatedNode> _outcasts = [];
    private readonly Dictionary<(SimulatedNode Observer, SimulatedNode Member), TimeSpan> _silentSince = [];
    private readonly Dictionary<SimulatedNode, DowningDecision> _decisions = [];
    private readonly HashSet<string> _unreachable = [];
    private SimulatedNode? _coordinatorNode;
    private IActorRef? _listener;
    private bool _looking;

    /// <summary>The coordinator; null while there is none.</summary>
    public IActorRef? Coordinator { get; private set; }

    /// <summary>
    /// Whether some node's process holds the coordinator; one that is lost may not have been found out yet.
    /// </summary>
    public bool HasCoordinator => _coordinatorNode is { IsDead: false };

    /// <summary>All members, the oldest first.</summary>
    public IReadOnlyList<SimulatedNode> Members => _members;

    /// <summary>A coordinator wants to hear.</summary>
    public void Listen(IActorRef coordinator)
    {
        _listener = coordinator;
        foreach (var name in _unreachable)
            coordinator.Tell(new NodeProtocol.NodeUnreachable(name));
    }

    /// <summary>A node's process has started; it joins as soon as it reaches the others.</summary>
    public void Start(SimulatedNode node) =>
        world.Time.At(world.Time.Now + times.Join, new WorldHappening(() => Join(node)));

    /// <summary>A node's process is no more.</summary>
    public void Killed(SimulatedNode node)
    {
        hosting.End(node);
        world.Time.At(
            world.Time.Now + times.Gone,
            new WorldHappening(() =>
            {
                if (_members.Contains(node) && Voters.Any(voter => voter != node && !world.Network.AreCut(voter, node)))
                    Remove(node, TakenOut);
                // A client is no member: it finds out for itself that nobody listens there any more.
                node.Watches.TellLost(watcher => watcher.Plan.Roles.Count == 0);
            })
        );
        Changed();
    }

    /// <summary>A node has given everything back.</summary>
    public void Left(SimulatedNode node)
    {
        Remove(node, "it left the cluster");
        hosting.End(node);
        _outcasts.Remove(node);
    }

    /// <summary>Somebody may no longer hear somebody, or hear them again.</summary>
    public void Changed()
    {
        if (!_looking)
            Look();
    }

    /// <summary>A node that was frozen goes on: it has heard nobody meanwhile, and waits anew.</summary>
    public void Thawed(SimulatedNode node)
    {
        foreach (var pair in _silentSince.Keys.Where(pair => pair.Observer == node).ToList())
            _silentSince.Remove(pair);
        Changed();
    }

    // Nodes that may hold the coordinator, and are at work.
    private IEnumerable<SimulatedNode> Voters => _members.Where(node => IsVoter(node) && IsAtWork(node));

    private static bool IsVoter(SimulatedNode node) => node.Plan.Roles.Contains(NodeRoles.Coordinator);

    private static bool IsAtWork(SimulatedNode node) => !node.IsDead && !node.IsFrozen;

    private void Join(SimulatedNode node)
    {
        if (node.IsDead)
            return;
        if (node.IsFrozen || (_members.Count > 0 && _members.All(member => world.Network.AreCut(member, node))))
        {
            Start(node);
            return;
        }
        // It was here before, and nobody has found out that it is no more.
        if (_members.Find(member => member.Name == node.Name) is { } former)
            Remove(former, TakenOut);
        _members.Add(node);
        hosting.Begin(node, this);
        if (_coordinatorNode is null)
            MoveCoordinator();
    }

    private void MoveCoordinator()
    {
        if (_coordinatorNode is not null || Voters.FirstOrDefault() is not { } oldest)
            return;
        _coordinatorNode = oldest;
        Coordinator = hosting.BeginCoordinator(oldest, this);
    }

    private void Look()
    {
        _looking = false;
        foreach (var observer in Voters.ToList())
            Decide(observer);
        foreach (var observer in _members.Where(node => !IsVoter(node) && IsAtWork(node)).ToList())
            FollowVoters(observer);
        TellUnreachable();
        foreach (var outcast in _outcasts.Where(FindsOut).ToList())
            StartAgain(outcast);
        if (!_looking && NeedsLooking)
        {
            _looking = true;
            world.Time.At(world.Time.Now + times.Look, new WorldHappening(Look));
        }
    }

    private bool NeedsLooking =>
        _silentSince.Count > 0
        || _unreachable.Count > 0
        || _outcasts.Count > 0
        || _members.Any(node => !IsAtWork(node));

    private void Decide(SimulatedNode voter)
    {
        var nodes = _members
            .Select(member => new DowningDecision.Node(member.Name, IsVoter(member), !IsUnreachable(voter, member)))
            .ToList();
        var (takeOut, stop) = DecisionOf(voter).Look(decides: true, nodes, world.Time.Now);
        foreach (var name in takeOut)
            if (_members.Find(member => member.Name == name) is { } member)
                Remove(member, TakenOut);
        if (stop is not null)
            StartAgain(voter);
    }

    private void FollowVoters(SimulatedNode node)
    {
        var nodes = _members
            .Where(IsVoter)
            .Select(voter => new DowningDecision.Node(voter.Name, true, !IsUnreachable(node, voter)))
            .ToList();
        if (nodes.TrueForAll(voter => voter.IsReachable))
        {
            _decisions.Remove(node);
            return;
        }
        if (DecisionOf(node).Look(decides: false, nodes, world.Time.Now).Stop is not null)
            StartAgain(node);
    }

    private DowningDecision DecisionOf(SimulatedNode node)
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
        if (IsAtWork(member) && !world.Network.AreCut(observer, member))
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
        if (_coordinatorNode is not { } observer || !IsAtWork(observer))
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

    private void Tell(object message) => _listener?.Tell(message);

    private void Remove(SimulatedNode node, string reason)
    {
        if (!_members.Remove(node))
            return;
        foreach (var pair in _silentSince.Keys.Where(pair => pair.Observer == node || pair.Member == node).ToList())
            _silentSince.Remove(pair);
        _decisions.Remove(node);
        _unreachable.Remove(node.Name);
        node.IsOut = true;
        world.Network.Forget(node);
        if (!node.IsDead)
            _outcasts.Add(node);
        if (node == _coordinatorNode)
        {
            (_coordinatorNode, Coordinator, _listener) = (null, null, null);
            _unreachable.Clear();
            world.Time.At(world.Time.Now + times.CoordinatorMoves, new WorldHappening(MoveCoordinator));
        }
        Tell(new NodeProtocol.NodeLost(node.Name, reason));
        // Those who watch its actors hear of it when all members know.
        world.Time.At(world.Time.Now + times.Removed, new WorldHappening(node.Watches.TellLost));
    }

    // It speaks to somebody, and is told.
    private bool FindsOut(SimulatedNode outcast) =>
        IsAtWork(outcast) && _members.Exists(member => IsAtWork(member) && !world.Network.AreCut(member, outcast));

    private void StartAgain(SimulatedNode node)
    {
        _outcasts.Remove(node);
        Remove(node, TakenOut);
        _outcasts.Remove(node);
        hosting.End(node);
        world.Time.At(world.Time.Now + times.Restart, new WorldHappening(() => hosting.StartAgain(node.Plan)));
    }
}
