using ActorTrain.Settings;
using Akka.Actor;
using Akka.Event;
using Akka.Serialization;

namespace ActorTrain.Hosting;

/// <summary>
/// A node inside an actor system that is already there and does other things. The system's serializers, dispatchers,
/// cluster roles, failure detector, downing provider and shutdown stay as they are. Started by
/// <see cref="ActorTrainExtension.Start"/>.
/// </summary>
public sealed class EmbeddedNode : IAsyncDisposable
{
    private readonly HostedNode _node;
    private readonly Action _stopped;
    private readonly Lock _lock = new();
    private Task? _stop;

    internal EmbeddedNode(ActorSystem system, EmbeddedNodeOptions options, Action stopped)
    {
        KnownKeys.Reference.CheckSystem(system.Settings.Config);
        var hosted = HostedNode.Options.Of(system.Settings.Config, options.Roles, options.Engines);
        (System, Roles, _stopped) = (system, [.. options.Roles], stopped);
        _node = new HostedNode(system, hosted);
        var sharesPort = SharesPort(system.Settings.Config.GetString("akka.remote.dot-netty.tcp.tcp-reuse-addr"));
        var buildsAnyType = system.Serialization.FindSerializerForType(typeof(object)) is NewtonSoftJsonSerializer;
        foreach (var warning in OpenPort.WarningsOf(Address, buildsAnyType, sharesPort))
            Logging.GetLogger(system, typeof(EmbeddedNode)).Warning("{0}", warning);
    }

    /// <summary>The actor system that it is in.</summary>
    public ActorSystem System { get; }

    /// <summary>What it hosts.</summary>
    public IReadOnlyList<string> Roles { get; }

    /// <summary>The address that others know it by: the actor system's.</summary>
    public HostPort Address => _node.Address;

    /// <summary>
    /// Gives leases back, and ends every actor and connection that the node has started. The actor system goes on, and
    /// so does its membership in the cluster. A cluster whose coordinator was here has none until this system leaves
    /// the cluster or starts a node again: a job that it ran fails.
    /// </summary>
    public Task StopAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            // What was cancelled can be asked for again: each step of it is harmless where it has been taken.
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
        // A system that has ended has ended them, too.
        if (!System.WhenTerminated.IsCompleted)
            await _node.StopAsync(cancellation).ConfigureAwait(false);
        _stopped();
    }
}
