using Akka.Cluster;

namespace ActorTrain.Supervision;

/// <summary>Whom a node hears.</summary>
internal static class Hearing
{
    /// <summary>
    /// Whether a member answers, as this node sees it. Others' word counts where this node does not listen to the
    /// member itself: in a large cluster each listens to some. A node that leaves in a hurry, or was frozen, calls
    /// everybody unreachable.
    /// </summary>
    /// <param name="cluster">The cluster, from this node.</param>
    /// <param name="member">The member.</param>
    /// <param name="state">The cluster's state.</param>
    public static bool Hears(
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
