using ActorTrain.Sentences;
using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Remote;

namespace ActorTrain.Hosting;

/// <summary>
/// Reports what its node waits for: its seed, a coordinator, a job. Checks once a second, and probes the seed's machine
/// only while the node is in no cluster.
/// </summary>
internal sealed class WaitActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstProbeAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);
    private readonly WaitLog _log = new();
    private readonly IActorRef _node;
    private readonly Func<NodeSituation> _getSituation;
    private readonly Func<TimeSpan> _clock;
    private readonly Func<HostPort, Task<PortProbe>> _probe;
    private readonly Action<NodeWait> _report;
    private PortProbe? _answer;
    private string? _refusal;
    private TimeSpan? _probedAt;

    private sealed record Tick;

    /// <param name="node">The node's root, which knows its coordinator.</param>
    /// <param name="getSituation">Returns the node's place in its cluster.</param>
    /// <param name="probe">Asks whether a process listens at the seed's port.</param>
    /// <param name="clock">A monotonic clock.</param>
    /// <param name="report">Receives each wait to report.</param>
    public static Props Props(
        IActorRef node,
        Func<NodeSituation> getSituation,
        Func<HostPort, Task<PortProbe>> probe,
        Func<TimeSpan> clock,
        Action<NodeWait> report
    ) => Akka.Actor.Props.Create(() => new WaitActor(node, getSituation, probe, clock, report));

    public WaitActor(
        IActorRef node,
        Func<NodeSituation> getSituation,
        Func<HostPort, Task<PortProbe>> probe,
        Func<TimeSpan> clock,
        Action<NodeWait> report
    )
    {
        (_node, _getSituation, _probe, _clock, _report) = (node, getSituation, probe, clock, report);
        Receive<Tick>(_ => _node.Tell(new NodeActor.GetEnrolmentStatus()));
        Receive<NodeActor.EnrolmentStatus>(Update);
        Receive<PortProbe>(answer => _answer = answer);
        Receive<Status.Failure>(failure => _answer = new PortProbe(PortAnswer.OutOfReach, failure.Cause.AsClause()));
        Receive<AssociationErrorEvent>(failed =>
        {
            if (
                _getSituation() is { Place: ClusterPlace.Outside, Seed: { } seed }
                && failed.RemoteAddress.Host == seed.Host
                && failed.RemoteAddress.Port == seed.Port
            )
                _refusal = ReasonOf(failed.Cause);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        Timers.StartPeriodicTimer("tick", new Tick(), TimeSpan.Zero, Interval);
    }

    private void Update(NodeActor.EnrolmentStatus status)
    {
        var now = _clock();
        var situation = _getSituation() with
        {
            IsEnrolled = status.Coordinator is not null,
            HasJob = status.HasJob,
            Difference = status.Difference,
        };
        if (situation.Place == ClusterPlace.Outside)
            ProbeWhenDue(situation.Seed, now);
        else
            (_answer, _refusal, _probedAt) = (null, null, null);
        if (_log.Due(now, (situation with { SeedAnswer = _answer, SeedRefusal = _refusal }).Wait) is { } wait)
            _report(wait);
    }

    private void ProbeWhenDue(HostPort? seed, TimeSpan now)
    {
        if (seed is null || _log.Waited(now) < FirstProbeAfter || now - _probedAt < ProbeInterval)
            return;
        _probedAt = now;
        _probe(seed).PipeTo(Self);
    }

    // Akka's message has many lines; the first line of the innermost exception is the cause.
    private static string ReasonOf(Exception cause)
    {
        while (cause.InnerException is { } inner)
            cause = inner;
        var reason = cause.Message.Split('\n')[0].AsClause();
        return reason.Length > 1 && char.IsLower(reason[1]) ? char.ToLowerInvariant(reason[0]) + reason[1..] : reason;
    }
}
