using Akka.Actor;

namespace ActorTrain.TestKit.Membership;

/// <summary>A coordinator's child that subscribes it to the simulated membership.</summary>
internal sealed class MembershipListener : ReceiveActor
{
    private readonly SimulatedMembership _membership;

    public static Props Props(SimulatedMembership membership) =>
        Akka.Actor.Props.Create(() => new MembershipListener(membership));

    public MembershipListener(SimulatedMembership membership) => _membership = membership;

    protected override void PreStart() => _membership.Subscribe(Context.Parent);
}
