using ActorTrain.Sentences;

namespace ActorTrain.Remedies;

/// <summary>
/// Decides, on each node by itself, which nodes are taken out of a partitioned cluster. The side with the majority of
/// the nodes that may hold the coordinator goes on, and of two halves the one with the oldest of them; the other
/// side stops, so that only one model is trained. Of a side only the oldest of them takes nodes out: two others
/// that do not reach each other take no part. A node counts only what it observes itself: a worker that leaves abruptly
/// may report every other node as unreachable.
/// </summary>
/// <param name="stableAfter">How long a state must last before it is acted on.</param>
internal sealed class DowningDecision(TimeSpan stableAfter)
{
    private readonly Dictionary<string, TimeSpan> _unreachableSince = [];
    private TimeSpan? _losingSince;

    /// <summary>A member of the cluster, as this node sees it.</summary>
    /// <param name="Name">Its address.</param>
    /// <param name="Votes">Whether it may hold the coordinator, and is a full member.</param>
    /// <param name="IsReachable">Whether it answers.</param>
    public readonly record struct Node(string Name, bool Votes, bool IsReachable);

    /// <summary>The actions that follow.</summary>
    /// <param name="TakeOut">Nodes to take out of the cluster.</param>
    /// <param name="Stop">Why this node must stop; null when it goes on.</param>
    public readonly record struct Outcome(IReadOnlyList<string> TakeOut, string? Stop);

    /// <summary>Decides from the cluster's present state.</summary>
    /// <param name="self">This node's name.</param>
    /// <param name="nodes">All members, the oldest first, this node among them.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public Outcome Decide(string self, IReadOnlyList<Node> nodes, TimeSpan now)
    {
        var unreachable = nodes.Where(node => !node.IsReachable).Select(node => node.Name).ToHashSet();
        foreach (var back in _unreachableSince.Keys.Where(name => !unreachable.Contains(name)).ToList())
            _unreachableSince.Remove(back);
        foreach (var name in unreachable)
            _unreachableSince.TryAdd(name, now);

        var voters = nodes.Where(node => node.Votes).ToList();
        var reachable = voters.Count(voter => voter.IsReachable);
        // A cluster that is only forming has no voters: nothing is decided.
        var wins =
            voters.Count == 0
            || 2 * reachable > voters.Count
            || (2 * reachable == voters.Count && voters[0].IsReachable);
        if (!wins)
        {
            _losingSince ??= now;
            return new Outcome(
                [],
                now - _losingSince < stableAfter
                    ? null
                    : $"it reaches {reachable} of the {Plural.Format(voters.Count, "node")} that may hold the "
                        + "coordinator, and the others go on without it"
            );
        }
        _losingSince = null;
        return new Outcome(
            voters.Find(voter => voter.IsReachable).Name == self
                ?
                [
                    .. _unreachableSince
                        .Where(node => now - node.Value >= stableAfter)
                        .Select(node => node.Key)
                        .Order(StringComparer.Ordinal),
                ]
                : [],
            null
        );
    }
}
