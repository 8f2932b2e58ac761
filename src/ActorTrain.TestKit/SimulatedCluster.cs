using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;
using Akka.Actor;

namespace ActorTrain.TestKit;

/// <summary>The nodes of a simulation and what they share. Faults are applied to it.</summary>
internal sealed class SimulatedCluster : IDisposable
{
    private readonly long _seed;
    private readonly NodeHosting _hosting;
    private readonly Dictionary<string, SimulatedNode> _nodes = [];
    private readonly HashSet<SimulatedNode> _leaving = [];
    private readonly HashSet<SimulatedNode> _startedWhenGone = [];
    private readonly SimulatedDisks? _disks;

    // What is to start when there is power again; null while there is.
    private Dictionary<string, NodePlan>? _startedWithPower;
    private readonly List<string> _errors = [];
    private long _starts;
    private int _workers;

    /// <param name="simulation">The cluster.</param>
    /// <param name="hasDisks">Whether nodes keep on disk what they must find again, as a job with checkpoints
    /// needs.</param>
    public SimulatedCluster(Simulation simulation, bool hasDisks)
    {
        _disks = hasDisks ? new SimulatedDisks() : null;
        _seed = simulation.Seed;
        World = new World(simulation.Seed, simulation.Links, simulation.Costs, simulation.Settings);
        Lane = new SimulatedLane(World, simulation.Reader);
        _hosting = new NodeHosting(World, Lane, simulation.Engines, simulation.Algorithms, _disks) { Restart = Start };
        Membership = new SimulatedMembership(World, simulation.Times, _hosting);
        World.System.ActorOf(ErrorListener.Props(_errors));
        foreach (var plan in simulation.Nodes)
            Start(plan);
        _workers = simulation.Nodes.Count(node => node.Roles.Contains(NodeRoles.Worker));
    }

    public World World { get; }

    public SimulatedLane Lane { get; }

    public SimulatedMembership Membership { get; }

    /// <summary>The latest process of each node, by name.</summary>
    public IReadOnlyDictionary<string, SimulatedNode> Nodes => _nodes;

    /// <summary>Errors that actors logged, except those that a fault asked for.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Acts on a node unless its process is dead.</summary>
    public void IfRunning(string name, Action<SimulatedNode> act)
    {
        if (!_nodes.TryGetValue(name, out var node))
            throw new ActorTrainException(
                $"The simulation has no node '{name}'; its nodes are {string.Join(", ", _nodes.Keys)}."
            );
        if (!node.IsDead)
            act(node);
    }

    /// <summary>A node leaves the cluster in order.</summary>
    public void Leave(SimulatedNode node)
    {
        _leaving.Add(node);
        _hosting.Leave(node, () => World.Time.Schedule(World.Time.Now, new WorldEvent(() => Left(node))));
    }

    /// <summary>Starts a dead node again, or one that leaves when it has gone.</summary>
    public void Restart(string name)
    {
        if (!_nodes.TryGetValue(name, out var node))
            return;
        if (node.IsDead)
            Start(node.Plan);
        else if (_leaving.Contains(node))
            _startedWhenGone.Add(node);
    }

    /// <summary>Starts further workers.</summary>
    public void Join(int count, Speed speed)
    {
        for (var i = 0; i < count; i++)
            Start(new NodePlan(WorkerNames.Next(ref _workers, _nodes.ContainsKey), [NodeRoles.Worker], speed));
    }

    /// <summary>All nodes are lost at one time, and none starts until there is power again.</summary>
    public void CutPower()
    {
        if (_startedWithPower is not null)
            return;
        _startedWithPower = _nodes.Values.ToDictionary(node => node.Name, node => node.Plan);
        Membership.AllKilled([.. Running]);
    }

    /// <summary>All nodes start again.</summary>
    public void RestorePower()
    {
        if (_startedWithPower is not { } plans)
            return;
        _startedWithPower = null;
        foreach (var plan in plans.Values)
            Start(plan);
    }

    /// <summary>Stops all nodes.</summary>
    public void Stop()
    {
        foreach (var node in Running)
            _hosting.StopNode(node);
    }

    /// <summary>What a node has said, with paths that are the same in every run.</summary>
    public string Describe(string text) => _disks?.Describe(text) ?? text;

    public void Dispose() => _disks?.Dispose();

    private IEnumerable<SimulatedNode> Running => _nodes.Values.Where(node => !node.IsDead);

    private void Left(SimulatedNode node)
    {
        Membership.NodeLeft(node);
        if (_startedWhenGone.Remove(node))
            Start(node.Plan);
    }

    private void Start(NodePlan plan)
    {
        if (_startedWithPower?.TryAdd(plan.Name, plan) is not null)
            return;
        // A removed node restarts by itself, and a script may restart it as well.
        if (_nodes.TryGetValue(plan.Name, out var former) && !former.IsDead)
            return;
        var node = new SimulatedNode(World, plan, SplitMix64.Mix(_seed, 2, ++_starts));
        _nodes[plan.Name] = node;
        Membership.Start(node);
    }
}
