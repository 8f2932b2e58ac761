using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;

namespace ActorTrain.Coordinator;

/// <summary>
/// Checks a job, or what it would be after a change: the client may be another build, or have set options in code, and
/// a node may lack an algorithm that another has added.
/// </summary>
internal static class AlgorithmChecks
{
    /// <summary>Why a job is refused, as a clause; null where it is not.</summary>
    /// <param name="job">The job.</param>
    /// <param name="algorithms">The algorithms of this node.</param>
    public static string? RefusalOf(JobOptions job, Algorithms algorithms)
    {
        try
        {
            JobOptionsReader.Check(job);
            algorithms.Create(job.Staleness);
            algorithms.Create(job.Consistency);
            algorithms.Create(job.Optimizer, length: 1);
            return null;
        }
        // The options of another build may break any rule of the records.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error.AsReason();
        }
    }

    /// <summary>
    /// The first node that lacks an algorithm of a job, as a clause; null where none does. A worker that lacks the
    /// optimizer of its local steps refuses the job by itself.
    /// </summary>
    public static string? LackOf(JobOptions job, IReadOnlyCollection<NodeProtocol.Enrol> nodes)
    {
        var servers = nodes.Where(node => node.Server is not null).ToList();
        // Another node may have to take the coordinator over.
        var coordinators = nodes.Where(node => node.Roles.Contains(NodeRoles.Coordinator));
        return LackOf(Algorithms.AddedName(job.Staleness), servers)
            ?? LackOf(Algorithms.AddedName(job.ShardOptimizer), servers)
            ?? LackOf(Algorithms.AddedName(job.Consistency), coordinators);
    }

    private static string? LackOf(string? added, IEnumerable<NodeProtocol.Enrol> nodes) =>
        added is not null && nodes.FirstOrDefault(node => node.Algorithms?.Contains(added) != true) is { } node
            ? $"node {node.Node} has no {added}; add it on every node"
            : null;
}
