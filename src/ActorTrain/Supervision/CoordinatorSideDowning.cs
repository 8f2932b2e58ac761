using ActorTrain.Remedies;
using ActorTrain.Settings;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;

namespace ActorTrain.Supervision;

/// <summary>
/// The cluster's downing provider: <see cref="DowningDecision"/> for Akka. Akka's own split-brain resolver also takes
/// out a node that only some others see, and so the seed itself when workers come and go quickly.
/// </summary>
internal sealed class CoordinatorSideDowning : IDowningProvider
{
    private readonly Akka.Cluster.Cluster _cluster;

    public CoordinatorSideDowning(ActorSystem system, Akka.Cluster.Cluster cluster)
    {
        _cluster = cluster;
        DownRemovalMargin = StableAfterOf(system.Settings.Config);
    }

    /// <exception cref="ActorTrainException">The setting is invalid.</exception>
    public static TimeSpan StableAfterOf(Config system) =>
        SettingsReader.OfSystem(system).Duration("actortrain.supervision.stable-after", TimeSpan.FromSeconds(1));

    // The other side has stopped by then: it needs as long to decide that it is the smaller one.
    public TimeSpan DownRemovalMargin { get; }

    public Props DowningActorProps =>
        Props.Create(() => new DowningActor(_cluster, new DowningDecision(DownRemovalMargin)));

    private sealed class DowningActor : ReceiveActor, IWithTimers
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
        private readonly Akka.Cluster.Cluster _cluster;
        private readonly DowningDecision _decision;

        private sealed record Tick;

        public DowningActor(Akka.Cluster.Cluster cluster, DowningDecision decision)
        {
            (_cluster, _decision) = (cluster, decision);
            Receive<Tick>(_ => Check());
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("tick", new Tick(), Interval);

        private void Check()
        {
            if (_cluster.IsTerminated)
                return;
            var state = _cluster.State;
            if (state.Members.All(member => member.Address != _cluster.SelfAddress))
                return;
            var members = state
                .Members.Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Removed))
                .ToDictionary(member => member.Address.ToString());
            var (takeOut, stop) = _decision.Decide(
                _cluster.SelfAddress.ToString(),
                [
                    .. members
                        .OrderBy(member => member.Value, Reachability.ByAge)
                        .Select(member => new DowningDecision.Node(
                            member.Key,
                            Reachability.Votes(member.Value),
                            _cluster.IsReachable(member.Value, state)
                        )),
                ],
                Context.System.Scheduler.MonotonicClock
            );
            foreach (var name in takeOut)
                _cluster.Down(members[name].Address);
            if (stop is null)
                return;
            Timers.CancelAll();
            Context.GetLogger().NodeStops(stop);
            Context.System.Terminate();
        }
    }
}
