using Akka.Cluster;

namespace ActorTrain.Supervision;

/// <summary>Which members a node can reach, and which of them decide about the others.</summary>
internal static class Reachability
{
    /// <summary>The oldest member first.</summary>
    public static Comparer<Member> ByAge { get; } =
        Comparer<Member>.Create(
            (one, other) =>
                one.Equals(other) ? 0
                : one.IsOlderThan(other) ? -1
                : 1
        );

    /// <summary>Whether a member counts where a cluster is cut: it may hold the coordinator, and is a full
    /// member.</summary>
    public static bool Votes(Member member) =>
        member.HasRole(NodeRoles.Coordinator) && member.Status is MemberStatus.Up or MemberStatus.Leaving;

    /// <summary>
    /// Whether a member answers, as this node observes it. What others observe counts only where this node does not
    /// monitor the member: in a large cluster each node monitors some. A node that leaves abruptly, or was frozen, may
    /// report all others as unreachable.
    /// </summary>
    /// <param name="cluster">The cluster, from this node.</param>
    /// <param name="member">The member.</param>
    /// <param name="state">The cluster's state.</param>
    public static bool IsReachable(
        this Akka.Cluster.Cluster cluster,
        Member member,
        ClusterEvent.CurrentClusterState state
    ) =>
        member.Address == cluster.SelfAddress
        || !state.Unreachable.Contains(member)
        || (
            cluster.FailureDetector.IsMonitoring(member.Address) && cluster.FailureDetector.IsAvailable(member.Address)
        );
}
