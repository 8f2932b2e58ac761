using System.Net;
using System.Net.Sockets;
using ActorTrain.Lane;
using ActorTrain.Sentences;
using ActorTrain.Settings;
using ActorTrain.Supervision;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>A running node: one ActorSystem in a cluster, with what its roles say.</summary>
public sealed partial class ActorTrainNode : IAsyncDisposable
{
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ActorTrainNode(ActorSystem system, HostedNode.Options options)
    {
        System = system;
        var cluster = Akka.Cluster.Cluster.Get(system);
        Address = new HostedNode(system, options).Address;
        // Only where the coordinator may be is it decided who is in the cluster.
        system.ActorOf(ProcessWatchActor.Props(options.Roles.Contains(NodeRoles.Coordinator) ? cluster : null), "actortrain-process-watch");
        system.ActorOf(TakenOutActor.Props(), "actortrain-taken-out");
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

    /// <summary>Starts a node. A seed is ready when this returns; a node that joins goes on trying in the background until the seed is there.</summary>
    /// <exception cref="ActorTrainException">The port is in use, the host is not one of this machine's, or an option makes no sense.</exception>
    public static async Task<ActorTrainNode> StartAsync(NodeOptions options, CancellationToken cancellation = default)
    {
        KnownKeys.Reference.Check(options.Configuration);
        cancellation.ThrowIfCancellationRequested();
        var config = NodeConfiguration.Node(options);
        var hosted = HostedNode.Options.Of(config, options.Roles, options.Engines);
        CheckThatPortIsFree(options.Host, options.Port);
        CheckThatPortIsFree(options.Host, LaneOptions.Of(config).Port);
        var system = ActorSystem.Create(NodeConfiguration.SystemName, config);
        var node = new ActorTrainNode(system, hosted);

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
    public Task StopAsync(CancellationToken cancellation = default) => System.WhenTerminated.IsCompleted
        // The steps of leaving are timed by the system's own clock, which has stopped.
        ? Task.CompletedTask
        : Task.WhenAny(CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance), System.WhenTerminated).WaitAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>Akka says a port in use with pages of log; this says it in one line, before anything has started.</summary>
    private static void CheckThatPortIsFree(string host, int port)
    {
        try
        {
            var address = IPAddress.TryParse(host, out var ip) ? ip : Dns.GetHostAddresses(host)[0];
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                throw new ActorTrainException($"Host {host} is not an address that others can reach this node by; give the machine's own name or address.");
            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.ExclusiveAddressUse = OperatingSystem.IsWindows();
            probe.Bind(new IPEndPoint(address, port));
            probe.Listen(1);
        }
        catch (SocketException failure)
        {
            throw new ActorTrainException(failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"Port {port} on {host} is in use; choose another with --port, or 0 for any that is free.",
                SocketError.AccessDenied => $"Port {port} on {host} needs more rights than this process has; choose one above 1023.",
                SocketError.AddressNotAvailable => $"Host {host} is not an address of this machine; give one that is.",
                _ => $"Host {host} cannot be listened on: {failure.AsClause()}.",
            }, failure);
        }
    }
}
