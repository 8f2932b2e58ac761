using ActorTrain.Remedies;
using Akka.Actor;
using Akka.Cluster;

namespace ActorTrain.Supervision;

/// <summary>
/// Ends this node when the last member that may hold the coordinator is gone, whether it left or was taken out. No
/// node can join the rest of the cluster again: a seed that is restarted begins a new one. The program that runs the
/// node restarts it, and it joins the new cluster.
/// </summary>
internal sealed class CoordinatorLossActor : ReceiveActor, IWithTimers
{
    /// <summary>Why the node ends, as a clause.</summary>
    public const string Reason = "its last coordinator has left";

    // The first node to see a removal ends at once, maybe before others see it. A leaving member needs less time.
    private static readonly TimeSpan LeavingTimeout = TimeSpan.FromSeconds(3);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly CoordinatorMembers _coordinators = new();
    private readonly Action<string> _end;

    private sealed record LeavingTimedOut;

    /// <param name="role">The cluster role whose members may hold the coordinator.</param>
    /// <param name="end">Ends this node, with the reason.</param>
    public static Props Props(string role, Action<string> end) =>
        Akka.Actor.Props.Create(() => new CoordinatorLossActor(role, end));

    public CoordinatorLossActor(string role, Action<string> end)
    {
        _end = end;
        Receive<ClusterEvent.IMemberEvent>(raised => raised.Member.HasRole(role), raised => Judge(raised));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<LeavingTimedOut>(_ =>
        {
            if (_coordinators.Count == CoordinatorMembers.Remaining.Leaving)
                End();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() =>
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent)
        );

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Judge(ClusterEvent.IMemberEvent raised)
    {
        // With its unique id: a node restarted on the same port is another member.
        var node = raised.Member.UniqueAddress.ToString();
        if (raised is ClusterEvent.MemberRemoved)
        {
            if (_coordinators.Remove(node) == CoordinatorMembers.Remaining.None)
                End();
        }
        else if (raised is not (ClusterEvent.MemberExited or ClusterEvent.MemberDowned))
            _coordinators.Add(node);
        else if (_coordinators.Leave(node) == CoordinatorMembers.Remaining.Leaving)
            Timers.StartSingleTimer("leaving", new LeavingTimedOut(), LeavingTimeout);
    }

    private void End()
    {
        Timers.CancelAll();
        Become(() => ReceiveAny(_ => { }));
        _end(Reason);
    }
}
