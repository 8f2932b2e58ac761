using Akka.Actor;
using Akka.Remote;

namespace ActorTrain.Coordinator;

/// <summary>What a node gives to the coordinator that it holds.</summary>
/// <param name="Options">The coordinator's settings.</param>
/// <param name="Node">The node's name, <c>host:port</c>.</param>
/// <param name="NewJobId">An id that no job has had, of this coordinator or of another that the cluster had before
/// it.</param>
/// <param name="Membership">The actor that tells its parent who joins, leaves and does not answer.</param>
/// <param name="NodeOf">The name of the node that an actor is on.</param>
internal sealed record CoordinatorContext(
    CoordinatorOptions Options,
    string Node,
    Func<string> NewJobId,
    Props Membership,
    Func<IActorRef, string> NodeOf
)
{
    // A system may hold one coordinator after the other, and so may a process.
    private static long _jobs;

    /// <summary>In a cluster.</summary>
    public static CoordinatorContext Of(ActorSystem system, CoordinatorOptions options)
    {
        var here = NameOf(Akka.Cluster.Cluster.Get(system).SelfAddress);
        return new(
            options,
            here,
            () => $"{AddressUidExtension.Uid(system)}-{Interlocked.Increment(ref _jobs)}",
            MembershipActor.Props(),
            actor => actor.Path.Address.HasGlobalScope ? NameOf(actor.Path.Address) : here
        );
    }

    private static string NameOf(Address address) => $"{address.Host}:{address.Port}";
}
