using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;

namespace ActorTrain.Supervision;

/// <summary>
/// Finds out at once when a node's process is gone. Silence proves nothing, and heartbeats need seconds to tell a slow
/// node from a lost one; but a machine that refuses connections to the node's port says that nobody listens there any
/// more. So when a connection with a node ends, it tries to connect: refused several times in a row, it publishes
/// <see cref="Gone"/>, and takes the node out of the cluster where that is its to do. Anything else is left to the
/// failure detector.
/// </summary>
internal sealed class ProcessWatchActor : ReceiveActor, IWithTimers
{
    private const int Refusals = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private readonly Akka.Cluster.Cluster? _cluster;
    private readonly Dictionary<Address, int> _refusals = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>Published on the event stream: a node's process is gone.</summary>
    public sealed record Gone(Address Node);

    private sealed record Look(Address Node);

    private sealed record Seen(Address Node, bool Refused);

    /// <param name="cluster">The cluster that it takes nodes out of; null for one that only tells.</param>
    public static Props Props(Akka.Cluster.Cluster? cluster) =>
        Akka.Actor.Props.Create(() => new ProcessWatchActor(cluster));

    public ProcessWatchActor(Akka.Cluster.Cluster? cluster)
    {
        _cluster = cluster;
        Receive<DisassociatedEvent>(ended => Suspect(ended.RemoteAddress));
        Receive<AssociationErrorEvent>(failed => Suspect(failed.RemoteAddress));
        Receive<Look>(look => KnockAsync(look.Node).PipeTo(Self));
        Receive<Seen>(Judge);
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
                || !_cluster.State.Members.Any(member => member.Address == node && IsThere(member.Status))
            )
        )
            return;
        if (_refusals.TryAdd(node, 0))
            Self.Tell(new Look(node));
    }

    private void Judge(Seen seen)
    {
        if (!seen.Refused || !_refusals.TryGetValue(seen.Node, out var refusals))
        {
            _refusals.Remove(seen.Node);
            return;
        }
        if (refusals + 1 < Refusals)
        {
            _refusals[seen.Node] = refusals + 1;
            Timers.StartSingleTimer(seen.Node, new Look(seen.Node), Pause);
            return;
        }
        _refusals.Remove(seen.Node);
        Context.System.EventStream.Publish(new Gone(seen.Node));
        if (_cluster is null)
            return;
        // Who is leaving may be gone before everybody has heard that it left: no reason to worry.
        var left = _cluster.State.Members.All(member =>
            member.Address != seen.Node || member.Status is MemberStatus.Leaving or MemberStatus.Exiting
        );
        if (!left)
            _log.Warning(
                "The process of node {0}:{1} is gone: its connection has ended, and its port refuses new ones",
                seen.Node.Host,
                seen.Node.Port
            );
        _cluster.Down(seen.Node);
    }

    private static bool IsThere(MemberStatus status) => status is not (MemberStatus.Down or MemberStatus.Removed);

    private static async Task<Seen> KnockAsync(Address node)
    {
        var probe = await PortProbe.ConnectAsync(node.Host, node.Port!.Value);
        return new Seen(node, Refused: probe.Answer == PortAnswer.Refuses);
    }
}
