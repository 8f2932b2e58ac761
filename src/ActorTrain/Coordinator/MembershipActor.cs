using Akka.Actor;
using Akka.Cluster;

namespace ActorTrain.Coordinator;

/// <summary>Turns the cluster's events into messages of our own, for its parent: the only place that listens to them.</summary>
internal sealed class MembershipActor : ReceiveActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    public static Props Props() => Akka.Actor.Props.Create(() => new MembershipActor());

    public MembershipActor()
    {
        Receive<ClusterEvent.MemberRemoved>(removed => Context.Parent.Tell(new NodeProtocol.NodeLost(
            NodeOf(removed.Member),
            removed.PreviousStatus == MemberStatus.Down ? "it did not answer and was removed from the cluster" : "it left the cluster")));
        // Said as soon as it is decided; that it is also removed follows when all others know.
        Receive<ClusterEvent.MemberDowned>(downed => Context.Parent.Tell(new NodeProtocol.NodeLost(
            NodeOf(downed.Member), "it was removed from the cluster, since it did not answer or its process is gone")));
        Receive<ClusterEvent.UnreachableMember>(unreachable => Context.Parent.Tell(new NodeProtocol.NodeUnreachable(NodeOf(unreachable.Member))));
        Receive<ClusterEvent.ReachableMember>(reachable => Context.Parent.Tell(new NodeProtocol.NodeReachable(NodeOf(reachable.Member))));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
    }

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.MemberDowned), typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.ReachableMember));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private static string NodeOf(Member member) => $"{member.Address.Host}:{member.Address.Port}";
}
