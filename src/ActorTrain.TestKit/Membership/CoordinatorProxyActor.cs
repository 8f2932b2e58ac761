using Akka.Actor;

namespace ActorTrain.TestKit.Membership;

/// <summary>
/// Forwards a node's messages to the coordinator, wherever it is. Messages are lost while there is none: senders send
/// them again.
/// </summary>
internal sealed class CoordinatorProxyActor : ReceiveActor
{
    public static Props Props(SimulatedMembership membership) =>
        Akka.Actor.Props.Create(() => new CoordinatorProxyActor(membership));

    public CoordinatorProxyActor(SimulatedMembership membership) =>
        ReceiveAny(message => membership.Coordinator?.Forward(message));
}
