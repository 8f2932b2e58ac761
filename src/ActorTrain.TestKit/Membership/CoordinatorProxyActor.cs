using Akka.Actor;

namespace ActorTrain.TestKit.Membership;

/// <summary>
/// A node's way to the coordinator, wherever it is. What is said while there is none is lost: whoever says it says it
/// again.
/// </summary>
internal sealed class CoordinatorProxyActor : ReceiveActor
{
    public static Props Props(SimulatedMembership membership) =>
        Akka.Actor.Props.Create(() => new CoordinatorProxyActor(membership));

    public CoordinatorProxyActor(SimulatedMembership membership) =>
        ReceiveAny(message => membership.Coordinator?.Forward(message));
}
