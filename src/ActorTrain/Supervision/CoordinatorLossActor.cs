using Akka.Actor;
using Akka.Cluster;

namespace ActorTrain.Supervision;

/// <summary>
/// Ends this node when the last member has gone that may hold the coordinator, whether it left in order or was taken
/// out. What is left is a cluster that nobody can come back to: a seed that starts again begins another one, and those
/// that stayed would wait for ever. Whoever runs the node starts it again, and it joins that one.
/// </summary>
internal sealed class CoordinatorLossActor : ReceiveActor, IWithTimers
{
    /// <summary>What has happened, as a clause.</summary>
    public const string Reason = "its last coordinator has left";

    // The first node to hear of a removal ends at once, and may take the news with it. Who is about to end needs less.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly CoordinatorMembers _coordinators = new();
    private readonly Action<string> _end;

    private sealed record FarewellOver;

    /// <param name="role">The cluster's role whose members may hold the coordinator.</param>
    /// <param name="end">Ends this node; told why.</param>
    public static Props Props(string role, Action<string> end) =>
        Akka.Actor.Props.Create(() => new CoordinatorLossActor(role, end));

    public CoordinatorLossActor(string role, Action<string> end)
    {
        _end = end;
        Receive<ClusterEvent.IMemberEvent>(happened => happened.Member.HasRole(role), happened => Judge(happened));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<FarewellOver>(_ =>
        {
            if (_coordinators.Count == CoordinatorMembers.Left.Going)
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

    private void Judge(ClusterEvent.IMemberEvent happened)
    {
        // One that starts again on the same port is another.
        var node = happened.Member.UniqueAddress.ToString();
        if (happened is ClusterEvent.MemberRemoved)
        {
            if (_coordinators.Remove(node) == CoordinatorMembers.Left.None)
                End();
        }
        else if (happened is not (ClusterEvent.MemberExited or ClusterEvent.MemberDowned))
            _coordinators.Stay(node);
        else if (_coordinators.Go(node) == CoordinatorMembers.Left.Going)
            Timers.StartSingleTimer("farewell", new FarewellOver(), Farewell);
    }

    private void End()
    {
        Timers.CancelAll();
        Become(() => ReceiveAny(_ => { }));
        _end(Reason);
    }
}
