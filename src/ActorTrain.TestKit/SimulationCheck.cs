using ActorTrain.Settings;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit;

/// <summary>Refuses a simulation whose parts do not match, before it runs.</summary>
/// <param name="simulation">The simulation.</param>
internal sealed class SimulationCheck(Simulation simulation)
{
    private const int MostNamed = 20;

    /// <summary>Checks nodes, script and links.</summary>
    /// <exception cref="ActorTrainException">The first error.</exception>
    public void Check()
    {
        CheckNodes();
        CheckScript();
        CheckLinks();
    }

    /// <summary>Checks that there are workers; not for a run that workers may join by hand.</summary>
    /// <exception cref="ActorTrainException">There are no workers.</exception>
    public void CheckWorkers()
    {
        if (Has(NodeRoles.Worker) || simulation.Script.Any(entry => entry.Fault.Joining > 0))
            return;
        throw new ActorTrainException(
            "The simulation has no workers, and none join; add some, such as WithWorkers(4, Speed.Constant(1000))."
        );
    }

    /// <summary>The error about a name that another node has.</summary>
    public static ActorTrainException NameTaken(string name) =>
        new($"The simulation already has a node '{name}'; every name must be unique.");

    /// <summary>The error about a node that does not exist.</summary>
    /// <param name="what">What names it, and is refused.</param>
    /// <param name="name">Its name.</param>
    /// <param name="nodes">The nodes that exist.</param>
    public static ActorTrainException NoSuchNode(string what, string name, IReadOnlyCollection<string> nodes)
    {
        var named = string.Join(", ", nodes.Take(MostNamed)) + (nodes.Count > MostNamed ? ", …" : "");
        var meant =
            Spelling.Nearest(name, nodes.Take(MostNamed)) is { } near && !IsNumberOfSame(name, near)
                ? $"; did you mean {near}?"
                : $"; its nodes are {named}.";
        return new ActorTrainException($"{what}: the simulation has no node '{name}'{meant}");
    }

    private void CheckNodes()
    {
        if (simulation.Nodes.Count == 0)
            throw new ActorTrainException(
                "The simulation has no nodes; add some, such as WithSeed() and WithWorkers(4, Speed.Constant(1000))."
            );
        if (simulation.Nodes.CountBy(node => node.Name).FirstOrDefault(name => name.Value > 1) is { Value: > 0 } twice)
            throw NameTaken(twice.Key);
        foreach (var node in simulation.Nodes)
            if (node.Roles.Count == 0)
                throw new ActorTrainException(
                    $"The node '{node.Name}' has no role; give it one or more of {string.Join(", ", NodeRoles.All)}."
                );
        if (simulation.Nodes.Any(node => node.Name == NodePlan.Client.Name))
            throw new ActorTrainException(
                $"No node may be called '{NodePlan.Client.Name}', the node that submits the job; give it another name."
            );
        foreach (var role in new[] { NodeRoles.Coordinator, NodeRoles.Server })
            if (!Has(role))
                throw new ActorTrainException(
                    $"No node of the simulation has the role {role}; WithSeed() adds one with coordinator and server."
                );
    }

    private bool Has(string role) => simulation.Nodes.Any(node => node.Roles.Contains(role));

    // Faults may name joined nodes only at a later time than they join.
    private void CheckScript()
    {
        var nodes = NodesAtFirst();
        var workers = simulation.Nodes.Count(node => node.Roles.Contains(NodeRoles.Worker));
        foreach (var moment in simulation.Script.GroupBy(entry => entry.At).OrderBy(moment => moment.Key))
        {
            foreach (var (at, fault) in moment)
                CheckNodesOf(fault, at, nodes);
            for (var joining = moment.Sum(entry => (long)entry.Fault.Joining); joining > 0; joining--)
                nodes.Add(WorkerNames.Next(ref workers, nodes.Contains));
        }
    }

    private static void CheckNodesOf(Fault fault, TimeSpan at, IReadOnlyCollection<string> nodes)
    {
        foreach (var name in fault.Nodes.Where(name => !nodes.Contains(name)))
            throw NoSuchNode(
                FormattableString.Invariant($"{fault} at {at.TotalSeconds} s cannot be applied"),
                name,
                nodes
            );
    }

    private void CheckLinks()
    {
        var nodes = NodesAtFirst();
        var workers = simulation.Nodes.Count(node => node.Roles.Contains(NodeRoles.Worker));
        for (var joining = simulation.Script.Sum(entry => (long)entry.Fault.Joining); joining > 0; joining--)
            nodes.Add(WorkerNames.Next(ref workers, nodes.Contains));
        foreach (var (one, other, _, _) in simulation.Links.Links)
        foreach (var name in new[] { one, other })
            if (!nodes.Contains(name))
                throw NoSuchNode($"The link between '{one}' and '{other}' leads nowhere", name, nodes);
    }

    private HashSet<string> NodesAtFirst() => [.. simulation.Nodes.Select(node => node.Name)];

    // worker-9 resembles worker-1, but is hardly a typing error of it.
    private static bool IsNumberOfSame(string name, string near) => name.TrimEnd(Digits) == near.TrimEnd(Digits);

    private static readonly char[] Digits = [.. "0123456789"];
}
