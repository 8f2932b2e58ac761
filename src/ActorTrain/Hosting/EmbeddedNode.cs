using ActorTrain.Settings;
using Akka.Actor;
using Akka.Event;
using Akka.Serialization;

namespace ActorTrain.Hosting;

/// <summary>
/// A node inside an existing actor system that does other things, too. The system's serializers, dispatchers, cluster
/// roles, failure detector, downing provider and shutdown stay as they are. Started by
/// <see cref="ActorTrainExtension.StartNode"/>.
/// </summary>
public sealed class EmbeddedNode : IAsyncDisposable
{
    private readonly HostedNode _node;
    private readonly Action _onStopped;
    private readonly Lock _lock = new();
    private Task? _stop;

    internal EmbeddedNode(ActorSystem system, EmbeddedNodeOptions options, Action onStopped)
    {
        KnownKeys.Reference.CheckSystem(system.Settings.Config);
        var hosted = HostedNode.Options.From(system.Settings.Config, options.Roles, options.Engines);
        (System, Roles, _onStopped) = (system, [.. options.Roles], onStopped);
        _node = new HostedNode(system, hosted);
        var sharesPort = SharesPort(system.Settings.Config.GetString("akka.remote.dot-netty.tcp.tcp-reuse-addr"));
        var buildsAnyType = system.Serialization.FindSerializerForType(typeof(object)) is NewtonSoftJsonSerializer;
        OpenPort.Warn(Logging.GetLogger(system, typeof(EmbeddedNode)), Address, buildsAnyType, sharesPort);
    }

    /// <summary>The actor system that it runs in.</summary>
    public ActorSystem System { get; }

    /// <summary>What it hosts.</summary>
    public IReadOnlyList<string> Roles { get; }

    /// <summary>The address that other nodes use for it: the actor system's.</summary>
    public HostPort Address => _node.Address;

    /// <summary>
    /// Returns its leases, and ends every actor and connection that the node has started. The actor system goes on, and
    /// so does its membership in the cluster. If the coordinator was here, the cluster has none until this system
    /// leaves the cluster or starts a node again, and a running job fails.
    /// </summary>
    public Task StopAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            // A canceled or failed stop can be repeated: each of its steps is harmless when it was done already.
            if (_stop is null or { IsCanceled: true } or { IsFaulted: true })
                _stop = EndAsync(cancellation);
            return _stop;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static bool SharesPort(string? reuse) =>
        reuse?.ToUpperInvariant() switch
        {
            "OFF" or "FALSE" or "NO" => false,
            "OFF-FOR-WINDOWS" or null => !OperatingSystem.IsWindows(),
            _ => true,
        };

    private async Task EndAsync(CancellationToken cancellation)
    {
        // A terminated system has ended the node's actors, too.
        if (!System.WhenTerminated.IsCompleted)
            await _node.StopAsync(cancellation).ConfigureAwait(false);
        _onStopped();
    }
}
