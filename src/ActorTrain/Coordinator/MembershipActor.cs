using ActorTrain.Protocol;
using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Cluster;

namespace ActorTrain.Coordinator;

/// <summary>
/// Tells its parent which nodes leave the cluster, are unreachable from this node, and answer again: the only
/// subscriber to the cluster's events.
/// </summary>
internal sealed class MembershipActor : ReceiveActor, IWithTimers
{
    // A member that another node found unreachable first raises no event when this node loses it, too.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly HashSet<string> _unreachable = [];

    private sealed record CheckMembers;

    public static Props Props() => Akka.Actor.Props.Create(() => new MembershipActor());

    public MembershipActor()
    {
        Receive<ClusterEvent.MemberRemoved>(removed =>
            Lose(
                removed.Member,
                removed.PreviousStatus == MemberStatus.Down
                    ? "it did not answer and was removed from the cluster"
                    : "it left the cluster",
                hasLeft: removed.PreviousStatus != MemberStatus.Down
            )
        );
        // Raised as soon as it is decided; the removal follows when all members know.
        Receive<ClusterEvent.MemberDowned>(downed =>
            Lose(downed.Member, "it was removed from the cluster, since it did not answer or its process is gone")
        );
        Receive<ClusterEvent.IReachabilityEvent>(_ => TellReachability());
        Receive<CheckMembers>(_ => TellReachability());
        Receive<ClusterEvent.IMemberEvent>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.Parent.Tell(
            new NodeProtocol.Members([
                .. _cluster
                    .State.Members.Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Removed))
                    .Select(NodeOf),
            ])
        );
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberDowned),
            typeof(ClusterEvent.MemberRemoved),
            typeof(ClusterEvent.UnreachableMember),
            typeof(ClusterEvent.ReachableMember)
        );
        Timers.StartPeriodicTimer(nameof(CheckMembers), new CheckMembers(), Interval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void TellReachability()
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
            if (!_cluster.IsReachable(member, state))
            {
                if (_unreachable.Add(node))
                    Context.Parent.Tell(new NodeProtocol.NodeUnreachable(node));
            }
            else if (_unreachable.Remove(node))
                Context.Parent.Tell(new NodeProtocol.NodeReachable(node));
        }
    }

    private void Lose(Member member, string reason, bool hasLeft = false)
    {
        _unreachable.Remove(NodeOf(member));
        Context.Parent.Tell(new NodeProtocol.NodeLost(NodeOf(member), reason, member.UniqueAddress.Uid, hasLeft));
    }

    private static string NodeOf(Member member) => $"{member.Address.Host}:{member.Address.Port}";
}
