using ActorTrain.Lane;
using ActorTrain.Settings;
using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Hosting;

/// <summary>A running node: one ActorSystem in a cluster, with what its roles say.</summary>
public sealed partial class ActorTrainNode : IAsyncDisposable
{
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    private ActorTrainNode(ActorSystem system, HostedNode.Options options, NodeOptions own)
    {
        System = system;
        var cluster = Akka.Cluster.Cluster.Get(system);
        Address = new HostedNode(system, options, own.Join, own.OnWait).Address;
        // Only where the coordinator may be is it decided who is in the cluster.
        system.ActorOf(
            ProcessWatchActor.Props(options.Roles.Contains(NodeRoles.Coordinator) ? cluster : null),
            "actortrain-process-watch"
        );
        system.ActorOf(TakenOutActor.Props(), "actortrain-taken-out");
        // A node that has no seed to join anew by stays: it is what others join by.
        if (own.Join is not null && !options.Roles.Contains(NodeRoles.Coordinator))
            system.ActorOf(
                CoordinatorLossActor.Props(options.CoordinatorRole, reason => End(reason, own.OnWait is null)),
                "actortrain-coordinator-loss"
            );
        cluster.RegisterOnMemberUp(() => _joined.TrySetResult());
        // In order or not: a node that is no member any more can come back only as a new one.
        cluster.RegisterOnMemberRemoved(() => system.Terminate());
    }

    /// <summary>The actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>The address that others join by, with the port that was chosen.</summary>
    public HostPort Address { get; }

    /// <summary>Completes when the node has joined the cluster (is Up).</summary>
    public Task Joined => _joined.Task;

    /// <summary>Completes when the node has ended: stopped, or removed from the cluster.</summary>
    public Task Terminated => System.WhenTerminated;

    /// <summary>Why it has ended, as a clause; null while it runs, and where its log says more.</summary>
    internal string? EndReason { get; private set; }

    /// <summary>
    /// Starts a node. A seed is ready when this returns; a node that joins goes on trying in the background until the
    /// seed is there.
    /// </summary>
    /// <exception cref="ActorTrainException">The port is in use, the host is not one of this machine's, or an option
    /// makes no sense.</exception>
    public static async Task<ActorTrainNode> StartAsync(NodeOptions options, CancellationToken cancellation = default)
    {
        KnownKeys.Reference.Check(options.Configuration);
        cancellation.ThrowIfCancellationRequested();
        var config = NodeConfiguration.Node(options);
        var hosted = HostedNode.Options.Of(config, options.Roles, options.Engines);
        var control = new ListeningPort(options.Host, options.Port, "--port");
        var lane = new ListeningPort(options.Host, LaneOptions.Of(config).Port, "actortrain.lane.port");
        control.Check();
        lane.Check();
        var system = Listening(control, () => ActorSystem.Create(NodeConfiguration.SystemName, config));
        var node = Listening(lane, () => new ActorTrainNode(system, hosted, options), otherwise: system);
        if (options.WarnsOfOpenPort && OpenPort.WarningOf(node.Address) is { } warning)
            Logging.GetLogger(system, typeof(ActorTrainNode)).Warning("{0}", warning);

        var cluster = Akka.Cluster.Cluster.Get(system);
        if (options.Join is { } seed)
        {
            cluster.JoinSeedNodes([cluster.SelfAddress.WithHost(seed.Host).WithPort(seed.Port)]);
            return node;
        }
        await cluster.JoinAsync(cluster.SelfAddress, cancellation).ConfigureAwait(false);
        return node;
    }

    /// <summary>Leaves in order: gives leases back, leaves the cluster, ends the actor system.</summary>
    public Task StopAsync(CancellationToken cancellation = default)
    {
        _isStopping = true;
        // The steps of leaving are timed by the system's own clock, which may have stopped.
        if (System.WhenTerminated.IsCompleted)
            return Task.CompletedTask;
        var left = CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);
        return Task.WhenAny(left, System.WhenTerminated).WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static T Listening<T>(ListeningPort port, Func<T> start, ActorSystem? otherwise = null)
    {
        try
        {
            return start();
        }
        catch (Exception failure) when (port.RefusalBy(failure) is not null)
        {
            otherwise?.Terminate();
            throw port.RefusalBy(failure)!;
        }
    }

    private void End(string reason, bool isSilent)
    {
        // It leaves itself, as a whole cluster does that is stopped: nothing is to be told, and nothing to be hurried.
        if (_isStopping)
            return;
        EndReason = reason;
        var log = Logging.GetLogger(System, typeof(ActorTrainNode));
        var level = isSilent ? LogLevel.WarningLevel : LogLevel.InfoLevel;
        log.Log(level, cause: null, $"This node ends, and can come back only as a new one: {reason}");
        // Not in order: those that are left end, too.
        System.Terminate();
    }
}
