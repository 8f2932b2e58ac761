using Akka.Actor;

namespace ActorTrain.TestKit.Membership;

/// <summary>Beside a coordinator: has the simulated membership tell it who joins, leaves and does not answer.</summary>
internal sealed class MembershipListener : ReceiveActor
{
    private readonly SimulatedMembership _membership;

    public static Props Props(SimulatedMembership membership) =>
        Akka.Actor.Props.Create(() => new MembershipListener(membership));

    public MembershipListener(SimulatedMembership membership) => _membership = membership;

    protected override void PreStart() => _membership.Listen(Context.Parent);
}
