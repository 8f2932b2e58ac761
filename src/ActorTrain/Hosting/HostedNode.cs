using ActorTrain.Coordinator;
using ActorTrain.Lane;
using ActorTrain.Serialization.Paging;
using ActorTrain.Settings;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Event;

namespace ActorTrain.Hosting;

/// <summary>
/// What a node runs in an actor system, whosever that is: the actors of its roles, and the way to the coordinator. Sets
/// nothing that is the system's.
/// </summary>
internal sealed class HostedNode
{
    public const string RootName = "actortrain";
    private const string SingletonName = "actortrain-coordinator";
    private const string SingletonChild = "singleton";
    private const string WaitName = "actortrain-wait";
    private const string ProxyName = SingletonName + "-proxy";
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);
    private readonly ActorSystem _system;
    private readonly List<IActorRef> _actors = [];
    private readonly TensorLane _lane;
    private readonly IActorRef _root;
    private readonly Lazy<Task> _left;

    /// <summary>What a node hosts, read and checked before anything has started.</summary>
    public sealed record Options(
        IReadOnlyList<string> Roles,
        IEngineFactory? Engines,
        string CoordinatorRole,
        CoordinatorOptions Coordinator,
        TimeSpan ResendAfter
    )
    {
        /// <exception cref="ActorTrainException">A role does not exist, a worker has no engines, or a value cannot
        /// be.</exception>
        public static Options Of(Config system, IReadOnlyList<string> roles, IEngineFactory? engines)
        {
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
                    "A node with the role worker needs Engines in its options, which make its gradient engines."
                );
            return new Options(
                roles,
                engines,
                SettingsReader.OfSystem(system).Text("actortrain.coordinator.cluster-role"),
                CoordinatorOptions.Of(system),
                WorkerContext.ResendAfterOf(system)
            );
        }
    }

    /// <param name="system">Where it runs.</param>
    /// <param name="options">What it hosts.</param>
    /// <param name="seed">The seed that the system joins by; null where that is not the node's affair.</param>
    /// <param name="says">Is told what the node waits for; null: the log is.</param>
    public HostedNode(ActorSystem system, Options options, HostPort? seed = null, Action<string>? says = null)
    {
        var own = Akka.Cluster.Cluster.Get(system).SelfRoles;
        if (options.Roles.Contains(NodeRoles.Coordinator) && !own.Contains(options.CoordinatorRole))
            throw new ActorTrainException(
                $"A node that may hold the coordinator needs the cluster role '{options.CoordinatorRole}', and this "
                    + $"system has {(own.Count == 0 ? "none" : string.Join(", ", own))}; add it to akka.cluster.roles, "
                    + "or name one that it has in actortrain.coordinator.cluster-role, on every node."
            );
        _system = system;
        var self = Akka.Cluster.Cluster.Get(system).SelfAddress;
        Address = new HostPort(self.Host, self.Port!.Value);
        _lane = TensorLane.Open(system);
        _actors.Add(system.ActorOf(PagesActor.Props(), PagesActor.Name));
        if (options.Roles.Contains(NodeRoles.Coordinator))
        {
            _actors.Add(
                system.ActorOf(
                    ClusterSingletonManager.Props(
                        CoordinatorActor.Props(CoordinatorContext.Of(system, options.Coordinator)),
                        PoisonPill.Instance,
                        ClusterSingletonManagerSettings
                            .Create(system)
                            .WithRole(options.CoordinatorRole)
                            .WithSingletonName(SingletonChild)
                    ),
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
            ? new WorkerContext(options.Engines!, _lane, options.ResendAfter)
            : null;
        _root = system.ActorOf(
            NodeActor.Props(
                Address.ToString(),
                options.Roles,
                coordinator,
                _lane,
                worker,
                Akka.Cluster.Cluster.Get(system).SelfUniqueAddress.Uid
            ),
            RootName
        );
        var waits = system.ActorOf(
            WaitActor.Props(
                _root,
                () => Situation(system, seed, options.CoordinatorRole),
                asked => PortProbe.ConnectAsync(asked.Host, asked.Port),
                () => system.Scheduler.MonotonicClock,
                says ?? LogWait
            ),
            WaitName
        );
        _actors.AddRange([coordinator, _root, waits]);
        _left = new Lazy<Task>(GiveLeasesBackAsync);

        // Also an actor system that is not ours tells its end in this way.
        CoordinatedShutdown
            .Get(system)
            .AddTask(
                CoordinatedShutdown.PhaseBeforeServiceUnbind,
                "give-leases-back",
                async () =>
                {
                    await _left.Value.ConfigureAwait(false);
                    return Akka.Done.Instance;
                }
            );
    }

    /// <summary>The address that others know this node by.</summary>
    public HostPort Address { get; }

    /// <summary>Where an actor system's node is spoken to.</summary>
    public static ActorSelection Gateway(ActorSystem system) => system.ActorSelection($"/user/{RootName}");

    /// <summary>Gives leases back and ends what the node has started. The actor system and its cluster go on.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _left.Value.WaitAsync(cancellation).ConfigureAwait(false);
        // The root first: its shards and engines still use the lane, and the way to the coordinator.
        for (var last = _actors.Count - 1; last >= 0; last--)
            await EndAsync(_actors[last], cancellation).ConfigureAwait(false);
        await EndAsync(_lane.Actor, cancellation).ConfigureAwait(false);
    }

    // That there is no job is nobody's fault.
    private void LogWait(string line) =>
        Logging
            .GetLogger(_system, typeof(HostedNode))
            .Log(line == NodeSituation.Job ? LogLevel.InfoLevel : LogLevel.WarningLevel, cause: null, line);

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
            Silent = [.. state.Unreachable.Select(member => $"{member.Address.Host}:{member.Address.Port}")],
            HasCoordinator = state.Members.Any(member =>
                member.HasRole(coordinatorRole)
                && member.Status is not (MemberStatus.Exiting or MemberStatus.Down or MemberStatus.Removed)
            ),
        };
    }

    private async Task GiveLeasesBackAsync()
    {
        try
        {
            await _root
                .Ask<WorkerNodeActor.Left>(new WorkerNodeActor.Leave("its node was told to leave"), LeavePatience)
                .ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            _system.Log.Warning(
                "The worker did not finish its micro-batch within {0} s; the coordinator takes its lease back",
                LeavePatience.TotalSeconds
            );
        }
    }

    private async Task EndAsync(IActorRef actor, CancellationToken cancellation)
    {
        await actor.GracefulStop(EndPatience).WaitAsync(cancellation).ConfigureAwait(false);
        // Its name is free a moment later; whoever starts a node anew wants it at once.
        while (!((ExtendedActorSystem)_system).Guardian.GetChild([actor.Path.Name]).IsNobody())
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    // That it has found no coordinator so far it would say at once; the health check says it, and whoever waits for an
    // answer.
    private static ClusterSingletonProxySettings QuietProxy(ActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(ClusterSingleton.DefaultConfig());
        var config = system.Settings.Config;
        return ClusterSingletonProxySettings.Create(
            ConfigurationFactory
                .ParseString("log-singleton-identification-failure = off")
                .WithFallback(config.GetConfig("akka.cluster.singleton-proxy")),
            config.GetBoolean("akka.cluster.singleton.consider-app-version")
        );
    }
}
