using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>
/// Tries the lane between this node and others, in both directions or towards here only, until all of it works: a
/// firewall may let one direction through and not the other. Tells its parent <see cref="Passed"/> and ends, and
/// <see cref="Failing"/> once where that takes long.
/// </summary>
internal sealed class LaneProbeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly ITensorLane _lane;
    private readonly HashSet<IActorRef> _toHere;
    private readonly HashSet<IActorRef> _fromHere;
    private IDisposable? _admission;

    /// <summary>Probe → parent: a message came by each lane that was tried.</summary>
    public sealed record Passed;

    /// <summary>Probe → parent: a lane does not work; it is tried on.</summary>
    /// <param name="Reason">Which, and what to do, in one sentence.</param>
    public sealed record Failing(string Reason);

    private sealed record Try;

    private sealed record OutOfPatience;

    /// <param name="lane">This node's lane.</param>
    /// <param name="others">Actors of the other nodes that answer probes.</param>
    /// <param name="bothWays">Whether the lane from here is tried, too.</param>
    public static Props Props(ITensorLane lane, IReadOnlyList<IActorRef> others, bool bothWays) =>
        Akka.Actor.Props.Create(() => new LaneProbeActor(lane, others, bothWays));

    public LaneProbeActor(ITensorLane lane, IReadOnlyList<IActorRef> others, bool bothWays)
    {
        (_lane, _toHere, _fromHere) = (lane, [.. others], bothWays ? [.. others] : []);
        Receive<Try>(_ => TryAll());
        Receive<LaneProtocol.Probe>(_ => Came(_toHere));
        Receive<LaneProtocol.ProbeArrived>(_ => Came(_fromHere));
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<OutOfPatience>(_ => Context.Parent.Tell(new Failing(Reason)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _admission = _lane.Admit(Self, new HashSet<int> { 0 });
        Timers.StartPeriodicTimer("try", new Try(), Interval);
        Timers.StartSingleTimer("patience", new OutOfPatience(), Patience);
        TryAll();
    }

    protected override void PostStop() => _admission?.Dispose();

    private string Reason =>
        _fromHere.Count > 0
            ? $"its tensor lane to {NodeOf(_fromHere.First())} does not work: nothing has arrived there within "
                + $"{Patience.TotalSeconds:0} s; open the lane port of that node to it (actortrain.lane.port)"
            : $"the tensor lane from {NodeOf(_toHere.First())} to it does not work: nothing has arrived within "
                + $"{Patience.TotalSeconds:0} s; open its lane port to that node (actortrain.lane.port)";

    private void TryAll()
    {
        foreach (var other in _toHere)
            other.Tell(new LaneProtocol.SendProbe());
        foreach (var other in _fromHere)
            _lane.Tell(other, new LaneProtocol.Probe(), Self);
        EndIfAllCame();
    }

    private void Came(HashSet<IActorRef> awaited)
    {
        awaited.Remove(Sender);
        EndIfAllCame();
    }

    private void EndIfAllCame()
    {
        if (_toHere.Count + _fromHere.Count > 0)
            return;
        Context.Parent.Tell(new Passed());
        Context.Stop(Self);
    }

    private static string NodeOf(IActorRef actor) =>
        actor.Path.Address is { HasGlobalScope: true } address ? $"{address.Host}:{address.Port}" : "this node";
}
