using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Staleness;

namespace ActorTrain.Coordinator;

/// <summary>
/// Checks the algorithms that are requested for a job: the client may be another build, or have set options in code,
/// and a node may lack what another has added.
/// </summary>
internal static class AlgorithmChecks
{
    /// <summary>Why a job is refused, in a sentence; null where it is not.</summary>
    /// <param name="job">The job.</param>
    /// <param name="algorithms">The algorithms of the coordinator's node.</param>
    /// <param name="nodes">The nodes that there are.</param>
    public static string? RefusalOf(
        JobOptions job,
        Algorithms algorithms,
        IReadOnlyCollection<NodeProtocol.Enrol> nodes
    ) =>
        SentenceOf(
            ErrorOf(() =>
            {
                JobOptionsReader.Check(job);
                algorithms.Create(job.Staleness);
                algorithms.Create(job.Consistency);
                algorithms.Create(job.Optimizer, length: 1);
            })
                ?? LackOf(job.Staleness, nodes)
                // Another node may have to take the coordinator over.
                ?? LackOf(
                    Algorithms.AddedName(job.Consistency),
                    nodes.Where(node => node.Roles.Contains(NodeRoles.Coordinator))
                )
                ?? LackOf(Algorithms.AddedName(job.Optimizer), nodes.Where(node => Optimizes(node, job)))
        );

    /// <summary>Why a staleness policy is refused; null where it fits the job.</summary>
    public static string? RefusalOf(StalenessOptions staleness, JobOptions job, Algorithms algorithms) =>
        ErrorOf(() =>
        {
            JobOptionsReader.Check(staleness, job.ShardOptimizer);
            algorithms.Create(staleness);
        });

    /// <summary>Why a consistency model is refused; null where it fits the job.</summary>
    /// <param name="consistency">The consistency model.</param>
    /// <param name="job">The job.</param>
    /// <param name="shards">The job's number of shards.</param>
    /// <param name="algorithms">The algorithms of the coordinator's node.</param>
    public static string? RefusalOf(
        ConsistencyOptions consistency,
        JobOptions job,
        int shards,
        Algorithms algorithms
    ) =>
        ErrorOf(() =>
        {
            JobOptionsReader.Check(consistency);
            algorithms.Create(consistency);
        })
        ?? (
            ConsistencyChecks.IncompatibilityOf(consistency, job.LocalSteps, job.TransferDType, shards)
                is var (setting, right)
                ? $"its {setting} must be {right}"
                : null
        );

    /// <summary>The first server that lacks a staleness policy, in a sentence; null where all have it.</summary>
    public static string? LackOf(StalenessOptions staleness, IEnumerable<NodeProtocol.Enrol> nodes) =>
        LackOf(Algorithms.AddedName(staleness), nodes.Where(node => node.Server is not null));

    private static string? LackOf(string? added, IEnumerable<NodeProtocol.Enrol> nodes) =>
        added is not null && nodes.FirstOrDefault(node => node.Algorithms?.Contains(added) != true) is { } node
            ? $"node {node.Node} has no {added}; add it on every node"
            : null;

    private static string? SentenceOf(string? clause) => clause is null ? null : clause + ".";

    private static bool Optimizes(NodeProtocol.Enrol node, JobOptions job) =>
        (job.LocalSteps.IsOn ? node.Worker : node.Server) is not null;

    private static string? ErrorOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        // An algorithm that a user has added may throw anything.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error is ActorTrainException ? error.AsClause() : error.AsNamedClause();
        }
    }
}
