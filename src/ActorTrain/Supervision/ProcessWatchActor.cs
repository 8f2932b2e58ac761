using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;

namespace ActorTrain.Supervision;

/// <summary>
/// Finds out at once when a node's process is gone. Heartbeats need seconds to tell a slow node from a lost one; but a
/// machine that refuses connections to the node's port has no process that listens there. So when a connection with a
/// node ends, this actor tries to connect: refused several times in a row, it publishes <see cref="Gone"/>, and takes
/// the node out of the cluster it was given. All else is left to the failure detector.
/// </summary>
internal sealed class ProcessWatchActor : ReceiveActor, IWithTimers
{
    private const int Refusals = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private readonly Akka.Cluster.Cluster? _cluster;
    private readonly Dictionary<Address, int> _refusals = [];

    // With its unique id: a node restarted on the same port is another member.
    private readonly HashSet<UniqueAddress> _gone = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>Published on the event stream: a node's process is gone.</summary>
    public sealed record Gone(Address Node);

    private sealed record CheckProcess(Address Node);

    private sealed record Probed(Address Node, bool Refused);

    /// <param name="cluster">The cluster that it takes nodes out of; null where it only publishes.</param>
    public static Props Props(Akka.Cluster.Cluster? cluster) =>
        Akka.Actor.Props.Create(() => new ProcessWatchActor(cluster));

    public ProcessWatchActor(Akka.Cluster.Cluster? cluster)
    {
        _cluster = cluster;
        Receive<DisassociatedEvent>(ended => Suspect(ended.RemoteAddress));
        Receive<AssociationErrorEvent>(failed => Suspect(failed.RemoteAddress));
        Receive<CheckProcess>(check => ProbeAsync(check.Node).PipeTo(Self));
        Receive<Probed>(Judge);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
    }

    private void Suspect(Address node)
    {
        if (
            _cluster is not null
            && (
                _cluster.IsTerminated
                || !_cluster.State.Members.Any(member => member.Address == node && IsPresent(member.Status))
            )
        )
            return;
        if (_refusals.TryAdd(node, 0))
            Self.Tell(new CheckProcess(node));
    }

    private void Judge(Probed probed)
    {
        if (!probed.Refused || !_refusals.TryGetValue(probed.Node, out var refusals))
        {
            _refusals.Remove(probed.Node);
            return;
        }
        if (refusals + 1 < Refusals)
        {
            _refusals[probed.Node] = refusals + 1;
            Timers.StartSingleTimer(probed.Node, new CheckProcess(probed.Node), Pause);
            return;
        }
        _refusals.Remove(probed.Node);
        Context.System.EventStream.Publish(new Gone(probed.Node));
        if (_cluster is null)
            return;
        var members = _cluster.State.Members;
        _gone.UnionWith(members.Where(member => member.Address == probed.Node).Select(member => member.UniqueAddress));
        // Of those that may hold the coordinator the oldest decides, as in DowningDecision.
        var deciding = members
            .Where(member => Reachability.Votes(member) && !_gone.Contains(member.UniqueAddress))
            .Order(Reachability.ByAge)
            .FirstOrDefault();
        if (deciding?.Address == _cluster.SelfAddress)
            foreach (
                var member in members.Where(member => _gone.Contains(member.UniqueAddress) && IsPresent(member.Status))
            )
                TakeOut(_cluster, member);
        _gone.IntersectWith(members.Select(member => member.UniqueAddress));
    }

    private void TakeOut(Akka.Cluster.Cluster cluster, Member gone)
    {
        // A leaving node may stop before all nodes know that it leaves: no reason for a warning.
        if (gone.Status is not (MemberStatus.Leaving or MemberStatus.Exiting))
            _log.ProcessGone($"{gone.Address.Host}:{gone.Address.Port}");
        cluster.Down(gone.Address);
        // The leader removes a member only once it is unreachable, which heartbeats would tell seconds later; of a
        // quarantined one the cluster knows at once that it does not come back.
        ((IRemoteActorRefProvider)((ExtendedActorSystem)Context.System).Provider).Quarantine(
            gone.Address,
            gone.UniqueAddress.Uid
        );
    }

    private static bool IsPresent(MemberStatus status) => status is not (MemberStatus.Down or MemberStatus.Removed);

    private static async Task<Probed> ProbeAsync(Address node)
    {
        var probe = await PortProbe.ConnectAsync(node.Host, node.Port!.Value);
        return new Probed(node, Refused: probe.Answer == PortAnswer.Refuses);
    }
}
