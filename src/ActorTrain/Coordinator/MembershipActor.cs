using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Cluster;

namespace ActorTrain.Coordinator;

/// <summary>
/// Turns what the cluster says into messages of our own, for its parent: the only place that listens to it. Who answers
/// is what this node hears itself.
/// </summary>
internal sealed class MembershipActor : ReceiveActor, IWithTimers
{
    // Where another has called a member unreachable first, the cluster does not say that this node has lost it, too.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly HashSet<string> _unreachable = [];

    private sealed record Look;

    public static Props Props() => Akka.Actor.Props.Create(() => new MembershipActor());

    public MembershipActor()
    {
        Receive<ClusterEvent.MemberRemoved>(removed =>
            Lose(
                removed.Member,
                removed.PreviousStatus == MemberStatus.Down
                    ? "it did not answer and was removed from the cluster"
                    : "it left the cluster"
            )
        );
        // Said as soon as it is decided; that it is also removed follows when all others know.
        Receive<ClusterEvent.MemberDowned>(downed =>
            Lose(downed.Member, "it was removed from the cluster, since it did not answer or its process is gone")
        );
        Receive<ClusterEvent.IReachabilityEvent>(_ => LookAround());
        Receive<Look>(_ => LookAround());
        Receive<ClusterEvent.IMemberEvent>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberDowned),
            typeof(ClusterEvent.MemberRemoved),
            typeof(ClusterEvent.UnreachableMember),
            typeof(ClusterEvent.ReachableMember)
        );
        Timers.StartPeriodicTimer("look", new Look(), Interval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void LookAround()
    {
        if (_cluster.IsTerminated)
            return;
        var state = _cluster.State;
        foreach (
            var member in state.Members.Where(member =>
                member.Status is not (MemberStatus.Down or MemberStatus.Removed)
            )
        )
        {
            var node = NodeOf(member);
            if (!_cluster.Hears(member, state))
            {
                if (_unreachable.Add(node))
                    Context.Parent.Tell(new NodeProtocol.NodeUnreachable(node));
            }
            else if (_unreachable.Remove(node))
                Context.Parent.Tell(new NodeProtocol.NodeReachable(node));
        }
    }

    private void Lose(Member member, string reason)
    {
        _unreachable.Remove(NodeOf(member));
        Context.Parent.Tell(new NodeProtocol.NodeLost(NodeOf(member), reason, member.UniqueAddress.Uid));
    }

    private static string NodeOf(Member member) => $"{member.Address.Host}:{member.Address.Port}";
}
