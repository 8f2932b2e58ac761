using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The nodes that have enrolled with the coordinator, and those that have gone since the job began.</summary>
internal sealed class EnrolledNodes
{
    private const int MostLost = 1_000;
    private readonly SortedDictionary<string, NodeProtocol.NodeJoined> _nodes = new(StringComparer.Ordinal);

    // The actor that each node has enrolled with; it stops with the node.
    private readonly Dictionary<IActorRef, string> _actors = [];

    // Members of the cluster when this coordinator began, less those that were lost since.
    private readonly HashSet<string> _members = [];
    private readonly Queue<NodeSummary> _lost = [];
    private readonly RestartCount _restarts = new();
    private readonly HashSet<string> _draining = [];
    private bool _hasJobBegun;

    /// <summary>What an enrolment changes.</summary>
    /// <param name="Joined">The node; null where it was enrolled already.</param>
    /// <param name="Before">The process before it at the same address; null where there was none.</param>
    public readonly record struct Change(NodeProtocol.NodeJoined? Joined, NodeProtocol.NodeLost? Before);

    /// <summary>The nodes that are there.</summary>
    public IReadOnlyCollection<NodeProtocol.NodeJoined> Present => _nodes.Values;

    /// <summary>The nodes that are there, and that may enrol yet.</summary>
    public IReadOnlyCollection<string> Members => [.. _members.Union(_nodes.Keys)];

    /// <summary>For the status.</summary>
    public NodeSummary[] Summaries =>
        [
            .. _nodes.Values.Select(joined =>
                Summary(joined) with
                {
                    State = _draining.Contains(joined.Node.Node) ? NodeState.Draining : NodeState.Present,
                }
            ),
            .. _lost,
        ];

    /// <summary>Where a node keeps results; null where it keeps none, or is not there.</summary>
    public IActorRef? ResultsOf(string node) => _nodes.GetValueOrDefault(node)?.Node.Results;

    /// <summary>The members of the cluster.</summary>
    public void Know(IEnumerable<string> members) => _members.UnionWith(members);

    /// <summary>A job begins, or is adopted.</summary>
    /// <param name="before">The workers that took part under another coordinator.</param>
    /// <param name="keepsLost">Whether it goes on under this coordinator, which knows the nodes that were lost.</param>
    public void Begin(IReadOnlyList<WorkerSnapshot> before, bool keepsLost)
    {
        _hasJobBegun = true;
        if (!keepsLost)
            _lost.Clear();
        _restarts.Begin(before);
        foreach (var (name, joined) in _nodes.ToList())
            _nodes[name] = joined with { Restarts = _restarts.Get(joined.Node) };
    }

    /// <summary>A node is to leave, and hands over what it has.</summary>
    public void Drain(string node) => _draining.Add(node);

    /// <summary>A node enrols.</summary>
    /// <param name="node">The node.</param>
    /// <param name="actor">Its actor.</param>
    public Change Enrol(NodeProtocol.Enrol node, IActorRef actor)
    {
        _actors[actor] = node.Node;
        _draining.Remove(node.Node);
        NodeProtocol.NodeLost? before = null;
        if (_nodes.TryGetValue(node.Node, out var known))
        {
            if (Equals(known.Node.Worker, node.Worker) && Equals(known.Node.Server, node.Server))
                return default;
            before = new NodeProtocol.NodeLost(node.Node, "it was started again");
            KeepForStatus(known, before);
        }
        var joined = new NodeProtocol.NodeJoined(node, _hasJobBegun ? _restarts.Get(node) : 0);
        _nodes[node.Node] = joined;
        return new Change(joined, before);
    }

    /// <summary>A node has left the cluster.</summary>
    /// <returns>Whether it is the process that has enrolled: another may have done so from the same address before the
    /// cluster's event arrived.</returns>
    public bool Lose(NodeProtocol.NodeLost lost)
    {
        if (_nodes.TryGetValue(lost.Node, out var known) && lost.Uid is { } past && past != known.Node.Uid)
            return false;
        _members.Remove(lost.Node);
        _draining.Remove(lost.Node);
        if (_nodes.Remove(lost.Node, out var node))
            KeepForStatus(node, lost);
        return true;
    }

    /// <summary>A node has stopped in an actor system that goes on. The loss of a whole system comes from membership,
    /// with its reason.</summary>
    /// <returns>The loss; null where the node has been started again already.</returns>
    public NodeProtocol.NodeLost? Stopped(Terminated ended)
    {
        if (
            !_actors.Remove(ended.ActorRef, out var node)
            || ended.AddressTerminated
            || _actors.ContainsValue(node)
            || !_nodes.Remove(node, out var stopped)
        )
            return null;
        var lost = new NodeProtocol.NodeLost(node, "ActorTrain was stopped on it", HasLeft: true);
        KeepForStatus(stopped, lost);
        return lost;
    }

    // The status shows the nodes that a job has lost until the next job begins, and the latest where there are many.
    private void KeepForStatus(NodeProtocol.NodeJoined node, NodeProtocol.NodeLost lost)
    {
        if (!_hasJobBegun)
            return;
        if (_lost.Count == MostLost)
            _lost.Dequeue();
        _lost.Enqueue(
            Summary(node) with
            {
                State = lost.HasLeft ? NodeState.Left : NodeState.Lost,
                Absence = lost.Reason.AsClause(),
            }
        );
    }

    private static NodeSummary Summary(NodeProtocol.NodeJoined joined) =>
        new(joined.Node.Node, joined.Node.Roles) { Restarts = joined.Restarts };
}
