using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>
/// Tries the lane between this node and others, in both directions or towards this node only, until it works: a
/// firewall may allow one direction and not the other. Sends its parent <see cref="Passed"/> and ends; where that takes
/// long, sends <see cref="Failing"/> once before.
/// </summary>
internal sealed class LaneProbeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);
    private readonly ITensorLane _lane;
    private readonly HashSet<IActorRef> _toHere;
    private readonly HashSet<IActorRef> _fromHere;
    private IDisposable? _admission;

    /// <summary>Probe → parent: a message arrived by each lane that was tried.</summary>
    public sealed record Passed;

    /// <summary>Probe → parent: a lane does not work; the probe goes on.</summary>
    /// <param name="Reason">Which lane, and what to do, in one sentence.</param>
    public sealed record Failing(string Reason);

    private sealed record SendProbes;

    private sealed record TimedOut;

    /// <param name="lane">This node's lane.</param>
    /// <param name="others">Actors on the other nodes that answer probes.</param>
    /// <param name="bothWays">Whether the lane from this node is tried, too.</param>
    public static Props Props(ITensorLane lane, IReadOnlyList<IActorRef> others, bool bothWays) =>
        Akka.Actor.Props.Create(() => new LaneProbeActor(lane, others, bothWays));

    public LaneProbeActor(ITensorLane lane, IReadOnlyList<IActorRef> others, bool bothWays)
    {
        (_lane, _toHere, _fromHere) = (lane, [.. others], bothWays ? [.. others] : []);
        Receive<SendProbes>(_ => ProbeAll());
        Receive<LaneProtocol.Probe>(_ => OnArrived(_toHere));
        Receive<LaneProtocol.ProbeArrived>(_ => OnArrived(_fromHere));
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<TimedOut>(_ => Context.Parent.Tell(new Failing(Reason)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _admission = _lane.Admit(Self, new HashSet<int> { 0 });
        Timers.StartPeriodicTimer("try", new SendProbes(), Interval);
        Timers.StartSingleTimer("timeout", new TimedOut(), Timeout);
        ProbeAll();
    }

    protected override void PostStop() => _admission?.Dispose();

    private string Reason =>
        _fromHere.Count > 0
            ? $"its tensor lane to {NodeOf(_fromHere.First())} does not work: nothing has arrived there within "
                + $"{Timeout.TotalSeconds:0} s; open the lane port of that node to it (actortrain.lane.port)"
            : $"the tensor lane from {NodeOf(_toHere.First())} to it does not work: nothing has arrived within "
                + $"{Timeout.TotalSeconds:0} s; open its lane port to that node (actortrain.lane.port)";

    private void ProbeAll()
    {
        foreach (var other in _toHere)
            other.Tell(new LaneProtocol.SendProbe());
        foreach (var other in _fromHere)
            _lane.Tell(other, new LaneProtocol.Probe(), Self);
        EndIfAllArrived();
    }

    private void OnArrived(HashSet<IActorRef> awaited)
    {
        awaited.Remove(Sender);
        EndIfAllArrived();
    }

    private void EndIfAllArrived()
    {
        if (_toHere.Count + _fromHere.Count > 0)
            return;
        Context.Parent.Tell(new Passed());
        Context.Stop(Self);
    }

    private static string NodeOf(IActorRef actor) =>
        actor.Path.Address is { HasGlobalScope: true } address ? $"{address.Host}:{address.Port}" : "this node";
}
