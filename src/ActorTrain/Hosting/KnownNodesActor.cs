using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorTrain.Hosting;

/// <summary>Keeps the addresses of the cluster's other members in <see cref="KnownNodes"/>.</summary>
internal sealed class KnownNodesActor : ReceiveActor, IWithTimers
{
    // Many nodes join at once.
    private static readonly TimeSpan WriteAfter = TimeSpan.FromMilliseconds(500);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly KnownNodes _known;
    private bool _hasFailed;

    private sealed record Write;

    /// <param name="known">Receives them.</param>
    public static Props Props(KnownNodes known) => Akka.Actor.Props.Create(() => new KnownNodesActor(known));

    public KnownNodesActor(KnownNodes known)
    {
        _known = known;
        Receive<ClusterEvent.IMemberEvent>(_ => Timers.StartSingleTimer(nameof(Write), new Write(), WriteAfter));
        Receive<Write>(_ => Remember());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() =>
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent)
        );

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Remember()
    {
        try
        {
            _known.Remember(
                _cluster
                    .State.Members.Where(member =>
                        member.Status is MemberStatus.Up && member.Address != _cluster.SelfAddress
                    )
                    .Select(member => new HostPort(member.Address.Host, member.Address.Port!.Value))
            );
            _hasFailed = false;
        }
        catch (ActorTrainException failure)
        {
            // Once, and not at every change of the cluster.
            if (!_hasFailed)
                Context.GetLogger().AddressesNotKept(failure.Message);
            _hasFailed = true;
        }
    }
}
