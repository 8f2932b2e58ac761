using ActorTrain.Protocol;
using ActorTrain.Telemetry;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Hosting;

/// <summary>
/// Lets a node leave in order: its worker returns its leases, and then its shards and the coordinator are handed over.
/// Answers <see cref="WorkerNodeActor.Leave"/>, in time at the latest, by <see cref="WorkerNodeActor.Left"/>.
/// </summary>
internal sealed class LeaveActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan WorkerTimeout = TimeSpan.FromSeconds(4);

    // A larger shard is copied for longer: then another node goes on from the copy before.
    private static readonly TimeSpan HandoverTimeout = TimeSpan.FromSeconds(8);

    // The coordinator may move meanwhile, and the job may not be able to hand over yet.
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long it may take.</summary>
    public static readonly TimeSpan Timeout = WorkerTimeout + HandoverTimeout + TimeSpan.FromSeconds(1);

    private readonly Func<bool> _hasShards;
    private IActorRef _requester = ActorRefs.Nobody;

    private sealed record TimedOut;

    private sealed record Ask;

    /// <param name="coordinator">The proxy of the coordinator.</param>
    /// <param name="node">The node's address, <c>host:port</c>.</param>
    /// <param name="worker">The host of its worker; null without one.</param>
    /// <param name="isCoordinator">Whether it has the coordinator.</param>
    /// <param name="hasShards">Whether it has shards or copies of shards. Called from the actor.</param>
    public static Props Props(
        IActorRef coordinator,
        string node,
        IActorRef? worker,
        bool isCoordinator,
        Func<bool> hasShards
    ) => Akka.Actor.Props.Create(() => new LeaveActor(coordinator, node, worker, isCoordinator, hasShards));

    public LeaveActor(IActorRef coordinator, string node, IActorRef? worker, bool isCoordinator, Func<bool> hasShards)
    {
        _hasShards = hasShards;
        Receive<WorkerNodeActor.Leave>(leave =>
        {
            _requester = Sender;
            worker?.Tell(leave);
            if (worker is null)
                HandOver();
            else
                Timers.StartSingleTimer(nameof(TimedOut), new TimedOut(), WorkerTimeout);
        });
        Receive<WorkerNodeActor.Left>(_ => HandOver());
        Receive<TimedOut>(_ =>
        {
            Context.GetLogger().LeaseAbandoned(WorkerTimeout.TotalSeconds);
            HandOver();
        });

        void HandOver()
        {
            if (!isCoordinator && !hasShards())
            {
                End();
                return;
            }
            Timers.StartSingleTimer(nameof(TimedOut), new TimedOut(), HandoverTimeout);
            Timers.StartPeriodicTimer(nameof(Ask), new Ask(), AskInterval);
            var question = new NodeProtocol.Leaving(node);
            coordinator.Tell(question);
            Become(() => HandingOver(coordinator, question));
        }
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private void HandingOver(IActorRef coordinator, NodeProtocol.Leaving question)
    {
        Receive<Ask>(_ => coordinator.Tell(question));
        Receive<NodeProtocol.MayLeave>(_ => End());
        // The job may not train yet or no longer: its shards are needed until they are closed.
        Receive<ClientProtocol.Rejected>(_ => End(), _ => !_hasShards());
        Receive<TimedOut>(_ => End());
        ReceiveAny(_ => { });
    }

    private void End()
    {
        _requester.Tell(new WorkerNodeActor.Left());
        Context.Stop(Self);
    }
}
