using System.Reflection;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;
using DotNetty.Transport.Channels;

namespace ActorTrain.Handshakes;

/// <summary>
/// Akka's TCP transport for control messages, with a limit on connections without a complete handshake. Akka has none:
/// it gives each an actor at once and 15 s, and then logs each. Everything else is done by Akka's own transport; this
/// class only adds a handler to its server channel. Set by <c>akka.remote.dot-netty.tcp.transport-class</c>.
/// </summary>
internal sealed class GuardedTransport : Transport
{
    private const string Tcp = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
    private readonly Transport _tcp;

    /// <summary>The constructor that Akka calls for each transport.</summary>
    public GuardedTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        _tcp = (Transport)Activator.CreateInstance(Type.GetType(Tcp, throwOnError: true)!, system, config)!;
    }

    /// <inheritdoc/>
    public override string SchemeIdentifier => _tcp.SchemeIdentifier;

    /// <inheritdoc/>
    public override long MaximumPayloadBytes => _tcp.MaximumPayloadBytes;

    /// <inheritdoc/>
    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var listening = await _tcp.Listen().ConfigureAwait(false);
        // Akka accepts nothing before the caller has set its listener, so the gate is added before the first
        // connection.
        if (ServerChannel is { } server)
            server.Pipeline.AddFirst(ConnectionGate.Create(System, Config));
        else
            Logging.GetLogger(System, typeof(GuardedTransport)).SilentConnectionsUnlimited();
        return listening;
    }

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => _tcp.IsResponsibleFor(remote);

    /// <inheritdoc/>
    public override Task<AssociationHandle> Associate(Address remoteAddress) => _tcp.Associate(remoteAddress);

    /// <inheritdoc/>
    public override Task<bool> Shutdown() => _tcp.Shutdown();

    /// <inheritdoc/>
    public override Task<bool> ManagementCommand(object message) => _tcp.ManagementCommand(message);

    // The only non-public member of Akka that is used here. A test fails if an update removes it.
    private IChannel? ServerChannel => _tcp.GetType().GetField("ServerChannel", Hidden)?.GetValue(_tcp) as IChannel;
}
