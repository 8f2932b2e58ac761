using ActorTrain.Lane;
using ActorTrain.Settings;
using ActorTrain.Supervision;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Hosting;

/// <summary>A node in an actor system of its own, which ends with the node.</summary>
internal sealed class StandaloneNode : ActorTrainNode
{
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    private StandaloneNode(ActorSystem system, HostedNode.Options options, StandaloneNodeOptions own)
        : base(system, options.Roles)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        var hosted = new HostedNode(system, options, own.Join, own.KnownNodes, own.OnWait);
        Address = hosted.Address;
        // Only nodes that may hold the coordinator take members out of the cluster.
        system.ActorOf(
            ProcessWatchActor.Props(options.Roles.Contains(NodeRoles.Coordinator) ? cluster : null),
            "actortrain-process-watch"
        );
        system.ActorOf(RemovalWatchActor.Props(), "actortrain-taken-out");
        // A node without a seed to rejoin by stays: the others join by it.
        if (own.Join is { } seed)
        {
            system.ActorOf(SeedWatchActor.Props(seed, hosted.Root, EndThis), "actortrain-seed-watch");
            if (!options.Roles.Contains(NodeRoles.Coordinator))
                system.ActorOf(
                    CoordinatorLossActor.Props(options.CoordinatorRole, EndThis),
                    "actortrain-coordinator-loss"
                );
        }
        cluster.RegisterOnMemberUp(() =>
        {
            HasJoinedOthers = cluster.State.Members.Count > 1;
            _joined.TrySetResult();
        });
        // A removed node cannot rejoin with this actor system, whether it left or was downed.
        cluster.RegisterOnMemberRemoved(() => system.Terminate());

        void EndThis(string reason) => End(reason, own.OnWait is null);
    }

    public override HostPort Address { get; }

    public override Task Joined => _joined.Task;

    public override Task Terminated => System.WhenTerminated;

    public static new async Task<ActorTrainNode> StartAsync(
        StandaloneNodeOptions options,
        CancellationToken cancellation
    )
    {
        KnownKeys.Reference.Check(options.Configuration);
        cancellation.ThrowIfCancellationRequested();
        var config = NodeConfiguration.Node(options);
        var hosted = HostedNode.Options.From(config, options);
        var control = new ListeningPort(options.Host, options.Port, "--port");
        var lane = new ListeningPort(options.Host, LaneOptions.From(config).Port, "actortrain.lane.port");
        control.Check();
        lane.Check();
        var system = StartListening(control, () => ActorSystem.Create(NodeConfiguration.SystemName, config));
        var node = StartListening(lane, () => new StandaloneNode(system, hosted, options), system);
        if (options.WarnsOfOpenPort)
            OpenPort.Warn(Logging.GetLogger(system, typeof(ActorTrainNode)), node.Address);

        await node.JoinAsync(options, cancellation).ConfigureAwait(false);
        return node;
    }

    /// <summary>Leaves in order: returns its leases, leaves the cluster, ends the actor system.</summary>
    public override Task StopAsync(CancellationToken cancellation = default)
    {
        _isStopping = true;
        // A coordinated shutdown runs on the system's scheduler, which has stopped with the system.
        if (System.WhenTerminated.IsCompleted)
            return Task.CompletedTask;
        var left = CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);
        return Task.WhenAny(left, System.WhenTerminated).WaitAsync(cancellation);
    }

    private async Task JoinAsync(StandaloneNodeOptions options, CancellationToken cancellation)
    {
        var cluster = Akka.Cluster.Cluster.Get(System);
        if (options.KnownNodes is { } kept)
            System.ActorOf(KnownNodesActor.Props(kept), "actortrain-known-nodes");
        if (options.Join is { } seed)
        {
            cluster.JoinSeedNodes(
                Addresses([seed, .. options.JoinsBySeedOnly ? [] : options.KnownNodes?.Read() ?? []])
            );
            return;
        }
        var known = options.KnownNodes;
        if (options.IsTakenOut && known is not null)
        {
            cluster.JoinSeedNodes(Addresses(known.Read()));
            return;
        }
        var listening = known is null ? [] : await known.FindListeningAsync().ConfigureAwait(false);
        // With itself first, Akka begins a cluster only after all others have said that they are in none, or have said
        // nothing for 5 s.
        if (Addresses(listening) is { Count: > 0 } others)
            cluster.JoinSeedNodes([cluster.SelfAddress, .. others]);
        else
            await cluster.JoinAsync(cluster.SelfAddress, cancellation).ConfigureAwait(false);

        List<Address> Addresses(IEnumerable<HostPort> nodes) =>
            [
                .. nodes
                    .Where(address => address != Address)
                    .Select(address => cluster.SelfAddress.WithHost(address.Host).WithPort(address.Port))
                    .Distinct(),
            ];
    }

    private static T StartListening<T>(ListeningPort port, Func<T> start, ActorSystem? endOnError = null)
    {
        try
        {
            return start();
        }
        catch (Exception failure)
        {
            endOnError?.Terminate();
            if (port.ErrorFrom(failure) is { } error)
                throw error;
            throw;
        }
    }

    private void End(string reason, bool isSilent)
    {
        // This node leaves on its own, as when the whole cluster is stopped: nothing to report or to speed up.
        if (_isStopping)
            return;
        EndReason = reason;
        var log = Logging.GetLogger(System, typeof(ActorTrainNode));
        if (isSilent)
            log.NodeEnds(reason);
        else
            log.NodeEndsVisibly(reason);
        // No ordered shutdown: the remaining nodes end, too.
        System.Terminate();
    }
}
