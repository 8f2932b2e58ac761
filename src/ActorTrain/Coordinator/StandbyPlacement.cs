namespace ActorTrain.Coordinator;

/// <summary>Decides which node holds the copies of a shard.</summary>
internal static class StandbyPlacement
{
    /// <summary>A node that may hold copies.</summary>
    /// <param name="Node">Its name, <c>host:port</c>.</param>
    /// <param name="FreeBytes">Memory that it may use, less what the job has on it, in bytes.</param>
    public readonly record struct Candidate(string Node, long FreeBytes);

    /// <summary>
    /// Another node than the shard's: on another machine where there is one, and then the one with most memory left.
    /// </summary>
    /// <param name="shardNode">The shard's node.</param>
    /// <param name="candidates">The nodes that may hold copies.</param>
    /// <returns>The node; null where there is no other.</returns>
    public static string? Choose(string shardNode, IEnumerable<Candidate> candidates) =>
        candidates
            .Where(candidate => candidate.Node != shardNode)
            .OrderBy(candidate => MachineOf(candidate.Node) == MachineOf(shardNode))
            .ThenByDescending(candidate => candidate.FreeBytes)
            .ThenBy(candidate => candidate.Node, StringComparer.Ordinal)
            .Select(candidate => candidate.Node)
            .FirstOrDefault();

    private static string MachineOf(string node) => node.LastIndexOf(':') is var colon and > 0 ? node[..colon] : node;
}
