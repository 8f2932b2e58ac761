using ActorTrain.Job;
using Akka.Actor;
using Akka.Remote;

namespace ActorTrain.Coordinator;

/// <summary>What a node passes to the coordinator that it hosts.</summary>
/// <param name="Options">The coordinator's settings.</param>
/// <param name="Node">The node's name, <c>host:port</c>.</param>
/// <param name="NewJobId">An id that no other job has, of this coordinator or of an earlier one of the
/// cluster.</param>
/// <param name="Membership">The actor that tells its parent which nodes leave, are unreachable, and answer
/// again.</param>
/// <param name="NodeOf">The name of an actor's node.</param>
/// <param name="Algorithms">The staleness policies, consistency models and optimizers that jobs may name.</param>
internal sealed record CoordinatorContext(
    CoordinatorOptions Options,
    string Node,
    Func<string> NewJobId,
    Props Membership,
    Func<IActorRef, string> NodeOf,
    Algorithms Algorithms
)
{
    // A system may host several coordinators, one after the other, and a process several systems.
    private static long _jobs;

    /// <summary>The context in a cluster.</summary>
    public static CoordinatorContext Create(ActorSystem system, CoordinatorOptions options, Algorithms algorithms)
    {
        var here = NameOf(Akka.Cluster.Cluster.Get(system).SelfAddress);
        return new(
            options,
            here,
            () => $"{AddressUidExtension.Uid(system)}-{Interlocked.Increment(ref _jobs)}",
            MembershipActor.Props(),
            actor => actor.Path.Address.HasGlobalScope ? NameOf(actor.Path.Address) : here,
            algorithms
        );
    }

    private static string NameOf(Address address) => $"{address.Host}:{address.Port}";
}
