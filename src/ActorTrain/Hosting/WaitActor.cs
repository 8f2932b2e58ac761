using ActorTrain.Sentences;
using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Remote;

namespace ActorTrain.Hosting;

/// <summary>
/// Says what its node waits for: for its seed, a coordinator, a job. Looks once a second, and asks the seed's machine
/// only while the node is in no cluster.
/// </summary>
internal sealed class WaitActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstProbe = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(5);
    private readonly WaitLog _log = new();
    private readonly IActorRef _node;
    private readonly Func<NodeSituation> _look;
    private readonly Func<TimeSpan> _clock;
    private readonly Func<HostPort, Task<PortProbe>> _probe;
    private readonly Action<string> _tell;
    private PortProbe? _answer;
    private string? _refusal;
    private TimeSpan? _probed;

    private sealed record Tick;

    /// <param name="node">The node's root, which knows whom it is enrolled with.</param>
    /// <param name="look">Where the node stands in its cluster.</param>
    /// <param name="probe">Asks whether somebody listens at the seed's port.</param>
    /// <param name="clock">The time, on a clock that only goes forward.</param>
    /// <param name="tell">Is told each line.</param>
    public static Props Props(
        IActorRef node,
        Func<NodeSituation> look,
        Func<HostPort, Task<PortProbe>> probe,
        Func<TimeSpan> clock,
        Action<string> tell
    ) => Akka.Actor.Props.Create(() => new WaitActor(node, look, probe, clock, tell));

    public WaitActor(
        IActorRef node,
        Func<NodeSituation> look,
        Func<HostPort, Task<PortProbe>> probe,
        Func<TimeSpan> clock,
        Action<string> tell
    )
    {
        (_node, _look, _probe, _clock, _tell) = (node, look, probe, clock, tell);
        Receive<Tick>(_ => _node.Tell(new NodeActor.GetStanding()));
        Receive<NodeActor.Standing>(Judge);
        Receive<PortProbe>(answer => _answer = answer);
        Receive<Status.Failure>(failure => _answer = new PortProbe(PortAnswer.OutOfReach, failure.Cause.AsClause()));
        Receive<AssociationErrorEvent>(failed =>
        {
            if (
                _look() is { Place: ClusterPlace.Outside, Seed: { } seed }
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

    private void Judge(NodeActor.Standing standing)
    {
        var now = _clock();
        var situation = _look() with
        {
            IsEnrolled = standing.Coordinator is not null,
            HasJob = standing.HasJob,
            Difference = standing.Difference,
        };
        if (situation.Place == ClusterPlace.Outside)
            ProbeWhenDue(situation.Seed, now);
        else
            (_answer, _refusal, _probed) = (null, null, null);
        if (_log.Due(now, (situation with { Answer = _answer, Refusal = _refusal }).Wait) is { } line)
            _tell(line);
    }

    private void ProbeWhenDue(HostPort? seed, TimeSpan now)
    {
        if (seed is null || _log.Waited(now) < FirstProbe || now - _probed < BetweenProbes)
            return;
        _probed = now;
        _probe(seed).PipeTo(Self);
    }

    // Akka's own words go on for lines; the first of the innermost says what was wrong.
    private static string ReasonOf(Exception cause)
    {
        while (cause.InnerException is { } inner)
            cause = inner;
        var said = cause.Message.Split('\n')[0].AsClause();
        return said.Length > 1 && char.IsLower(said[1]) ? char.ToLowerInvariant(said[0]) + said[1..] : said;
    }
}
