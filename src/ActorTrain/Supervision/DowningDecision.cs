using ActorTrain.Sentences;

namespace ActorTrain.Supervision;

/// <summary>
/// Decides, on each node by itself, who is taken out of a cluster that has fallen apart. The side with the majority of
/// the nodes that may hold the coordinator goes on, and of two halves the one with the first of them; the other side
/// stops, since one model is to be trained and not two. Only nodes that may hold the coordinator take others out. What
/// is counted is what the node sees itself: a worker that leaves in a hurry may call everybody unreachable.
/// </summary>
/// <param name="stableAfter">How long something must have been so before it is acted on.</param>
public sealed class DowningDecision(TimeSpan stableAfter)
{
    private readonly Dictionary<string, TimeSpan> _unreachableSince = [];
    private TimeSpan? _losingSince;

    /// <summary>A member of the cluster, as this node sees it.</summary>
    /// <param name="Name">Its address.</param>
    /// <param name="Votes">Whether it may hold the coordinator, and is a full member.</param>
    /// <param name="IsReachable">Whether it answers.</param>
    public readonly record struct Node(string Name, bool Votes, bool IsReachable);

    /// <summary>What is to be done.</summary>
    /// <param name="TakeOut">Nodes to take out of the cluster.</param>
    /// <param name="Stop">Why this node has to stop; null when it goes on.</param>
    public readonly record struct Verdict(IReadOnlyList<string> TakeOut, string? Stop);

    /// <summary>Looks at the cluster.</summary>
    /// <param name="decides">Whether this node may hold the coordinator.</param>
    /// <param name="nodes">All members, this node among them.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public Verdict Look(bool decides, IReadOnlyList<Node> nodes, TimeSpan now)
    {
        var unreachable = nodes.Where(node => !node.IsReachable).Select(node => node.Name).ToHashSet();
        foreach (var back in _unreachableSince.Keys.Where(name => !unreachable.Contains(name)).ToList())
            _unreachableSince.Remove(back);
        foreach (var name in unreachable)
            _unreachableSince.TryAdd(name, now);

        var voters = nodes.Where(node => node.Votes).ToList();
        var here = voters.Count(voter => voter.IsReachable);
        var first = voters.Select(voter => voter.Name).Order(StringComparer.Ordinal).FirstOrDefault();
        // A cluster that is only forming has nobody to decide.
        var wins =
            voters.Count == 0
            || 2 * here > voters.Count
            || (2 * here == voters.Count && voters.Any(voter => voter.Name == first && voter.IsReachable));
        if (!wins)
        {
            _losingSince ??= now;
            return new Verdict(
                [],
                now - _losingSince < stableAfter
                    ? null
                    : $"it reaches {here} of the {Plural.Of(voters.Count, "node")} that may hold the coordinator, and "
                        + "the others go on without it"
            );
        }
        _losingSince = null;
        return new Verdict(
            decides
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
