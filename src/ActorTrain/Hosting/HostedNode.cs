using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Results;
using ActorTrain.Serialization.Paging;
using ActorTrain.Settings;
using ActorTrain.Supervision;
using ActorTrain.Telemetry;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Event;

namespace ActorTrain.Hosting;

/// <summary>
/// The actors of a node, in its own or an existing actor system: those of its roles, and a proxy of the coordinator.
/// Changes no setting of the system.
/// </summary>
internal sealed class HostedNode
{
    public const string RootName = "actortrain";
    private const string SingletonName = "actortrain-coordinator";
    private const string SingletonChild = "singleton";
    private const string WaitName = "actortrain-wait";
    private const string ProxyName = SingletonName + "-proxy";

    // From the removal of the coordinator's node until another begins. A side that was cut off has stopped by then, as
    // it has waited as long as this side; the shards refuse what it had under way.
    private static readonly TimeSpan RemovalMargin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private readonly ActorSystem _system;
    private readonly List<IActorRef> _actors = [];
    private readonly TensorLane _lane;
    private readonly Lazy<Task> _leave;

    /// <summary>What a node hosts; read and checked before anything starts.</summary>
    public sealed record Options(
        IReadOnlyList<string> Roles,
        IEngineFactory? Engines,
        Algorithms Algorithms,
        string CoordinatorRole,
        CoordinatorOptions Coordinator,
        TimeSpan ResendAfter,
        ResultOptions? Results,
        bool ResumesJobs
    )
    {
        /// <exception cref="ActorTrainException">A role does not exist, a worker has no engines, or a value is
        /// invalid.</exception>
        public static Options From(Config system, NodeOptions options)
        {
            var (roles, engines) = (options.Roles, options.AllEngines);
            if (roles.Count == 0)
                throw new ActorTrainException(
                    $"A node needs a role; give it one or more of {string.Join(", ", NodeRoles.All)}."
                );
            foreach (var role in roles)
                if (!NodeRoles.All.Contains(role))
                    throw new ActorTrainException(
                        $"Unknown role '{role}'; the roles are {string.Join(", ", NodeRoles.All)}."
                    );
            if (roles.Contains(NodeRoles.Worker) && engines is null)
                throw new ActorTrainException(
                    "A node with the role worker needs a model: AddModel, or Engines for models by any name."
                );
            var coordinator = CoordinatorOptions.From(system);
            return new Options(
                [.. roles],
                engines,
                options.Algorithms.Copy(),
                options.CoordinatorRoleIn(system),
                coordinator,
                WorkerContext.ResendAfterOf(system),
                ResultOptions.Create(coordinator.StateFolder, coordinator.KeepResults),
                SettingsReader.OfSystem(system).Bool("actortrain.state.resume-jobs")
            );
        }
    }

    /// <summary>Its root actor.</summary>
    public IActorRef Root { get; }

    /// <param name="system">The actor system that it runs in.</param>
    /// <param name="options">What it hosts.</param>
    /// <param name="seed">The seed that the system joins by; null where the node does not join by one itself.</param>
    /// <param name="known">Where it keeps what it knows of its cluster; null for nowhere.</param>
    /// <param name="onWait">Receives what the node waits for; null: it is logged.</param>
    public HostedNode(
        ActorSystem system,
        Options options,
        HostPort? seed = null,
        KnownNodes? known = null,
        Action<string>? onWait = null
    )
    {
        var clusterRoles = Akka.Cluster.Cluster.Get(system).SelfRoles;
        if (options.Roles.Contains(NodeRoles.Coordinator) && !clusterRoles.Contains(options.CoordinatorRole))
            throw new ActorTrainException(
                $"A node that may hold the coordinator needs the cluster role '{options.CoordinatorRole}', and this "
                    + $"system has {(clusterRoles.Count == 0 ? "none" : string.Join(", ", clusterRoles))}; add it to "
                    + "akka.cluster.roles, or name one that it has by CoordinatorRole or in "
                    + "actortrain.coordinator.cluster-role, on every node."
            );
        _system = system;
        var self = Akka.Cluster.Cluster.Get(system).SelfAddress;
        Address = new HostPort(self.Host, self.Port!.Value);
        _lane = TensorLane.Open(system, TensorMessages.Table);
        _actors.Add(system.ActorOf(PagesActor.Props(), PagesActor.Name));
        if (options.Roles.Contains(NodeRoles.Coordinator))
        {
            _actors.Add(
                system.ActorOf(
                    ClusterSingletonManager
                        .Props(
                            CoordinatorActor.Props(
                                CoordinatorContext.Create(system, options.Coordinator, options.Algorithms)
                            ),
                            PoisonPill.Instance,
                            ClusterSingletonManagerSettings
                                .Create(system)
                                .WithRole(options.CoordinatorRole)
                                .WithRemovalMargin(RemovalMargin)
                                .WithSingletonName(SingletonChild)
                        )
                        .WithMailbox(MembersOnlyMailbox.Name),
                    SingletonName
                )
            );
        }
        var coordinator = system.ActorOf(
            ClusterSingletonProxy.Props(
                $"/user/{SingletonName}",
                QuietProxy(system).WithRole(options.CoordinatorRole).WithSingletonName(SingletonChild)
            ),
            ProxyName
        );
        var worker = options.Roles.Contains(NodeRoles.Worker)
            ? new WorkerContext(options.Engines!, _lane, options.ResendAfter, options.Algorithms)
            : null;
        Root = system.ActorOf(
            NodeActor.Props(
                Address.ToString(),
                options.Roles,
                coordinator,
                _lane,
                worker,
                options.Algorithms,
                Akka.Cluster.Cluster.Get(system).SelfUniqueAddress.Uid,
                options.Results,
                options.ResumesJobs ? known?.JobsFolder : null,
                options.Coordinator.StateFolder
            ),
            RootName
        );
        var waits = system.ActorOf(
            WaitActor.Props(
                Root,
                () => Situation(system, seed, options.CoordinatorRole),
                probed => PortProbe.ConnectAsync(probed.Host, probed.Port),
                () => system.Scheduler.MonotonicClock,
                onWait is null ? LogWait : wait => onWait($"{wait}")
            ),
            WaitName
        );
        _actors.AddRange([coordinator, Root, waits]);
        _leave = new Lazy<Task>(LeaveAsync);

        // An actor system that embeds the node ends in this way, too.
        CoordinatedShutdown
            .Get(system)
            .AddTask(
                CoordinatedShutdown.PhaseBeforeServiceUnbind,
                "hand-over",
                async () =>
                {
                    await _leave.Value.ConfigureAwait(false);
                    return Akka.Done.Instance;
                }
            );
    }

    /// <summary>The address that other nodes use for this one.</summary>
    public HostPort Address { get; }

    /// <summary>The root actor of an actor system's node.</summary>
    public static ActorSelection Gateway(ActorSystem system) => system.ActorSelection($"/user/{RootName}");

    /// <summary>
    /// Returns the node's leases, hands its shards and the coordinator over, and ends its actors. The actor system and
    /// its cluster go on.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _leave.Value.WaitAsync(cancellation).ConfigureAwait(false);
        // The root first: its shards and engines still use the lane and the coordinator's proxy.
        for (var last = _actors.Count - 1; last >= 0; last--)
            await StopActorAsync(_actors[last], cancellation).ConfigureAwait(false);
        await StopActorAsync(_lane.Actor, cancellation).ConfigureAwait(false);
    }

    // A missing job is no fault, unlike the other waits.
    private void LogWait(NodeWait wait)
    {
        var log = Logging.GetLogger(_system, typeof(HostedNode));
        if (wait == NodeWait.Job)
            log.WaitingForJob();
        else if (wait.Reason is { } reason)
            log.WaitingWithReason(wait.Awaited, reason);
        else
            log.Waiting(wait.Awaited);
    }

    private static NodeSituation Situation(ActorSystem system, HostPort? seed, string coordinatorRole)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        var state = cluster.State;
        return new NodeSituation
        {
            Seed = seed,
            Place = state.Members.FirstOrDefault(member => member.Address == cluster.SelfAddress)?.Status switch
            {
                null => ClusterPlace.Outside,
                MemberStatus.Joining or MemberStatus.WeaklyUp => ClusterPlace.Joining,
                _ => ClusterPlace.Member,
            },
            Unreachable = [.. state.Unreachable.Select(member => $"{member.Address.Host}:{member.Address.Port}")],
            HasCoordinator = state.Members.Any(member =>
                member.HasRole(coordinatorRole)
                && member.Status is not (MemberStatus.Exiting or MemberStatus.Down or MemberStatus.Removed)
            ),
        };
    }

    private async Task LeaveAsync()
    {
        try
        {
            await Root.Ask<WorkerNodeActor.Left>(
                    new WorkerNodeActor.Leave("its node was asked to leave"),
                    LeaveActor.Timeout
                )
                .ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The root has stopped: there is nothing to return or to hand over.
        }
    }

    private async Task StopActorAsync(IActorRef actor, CancellationToken cancellation)
    {
        await actor.GracefulStop(StopTimeout).WaitAsync(cancellation).ConfigureAwait(false);
        // The actor's name is free a moment later; a node that is started again needs it at once.
        while (!((ExtendedActorSystem)_system).Guardian.GetChild([actor.Path.Name]).IsNobody())
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    // The proxy would log at once that it has found no coordinator; the health check and the node's wait log report it.
    private static ClusterSingletonProxySettings QuietProxy(ActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(ClusterSingleton.DefaultConfig());
        var config = system.Settings.Config;
        return ClusterSingletonProxySettings.Create(
            ConfigurationFactory
                // A job waits for its next coordinator until the nodes have found it.
                .ParseString("log-singleton-identification-failure = off, singleton-identification-interval = 200ms")
                .WithFallback(config.GetConfig("akka.cluster.singleton-proxy")),
            config.GetBoolean("akka.cluster.singleton.consider-app-version")
        );
    }
}
