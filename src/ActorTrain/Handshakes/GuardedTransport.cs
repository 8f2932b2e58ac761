using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;
using DotNetty.Transport.Channels;

namespace ActorTrain.Handshakes;

/// <summary>
/// Akka's TCP transport for control messages, with a bound on connections that have not said who they are. Akka has
/// none: it gives each an actor at once and 15 s, and then tells each in the log. Everything else is Akka's own
/// transport, which does it; a look at its server channel is all that it takes. Named by
/// <c>akka.remote.dot-netty.tcp.transport-class</c>.
/// </summary>
internal sealed class GuardedTransport : Transport
{
    private const string Tcp = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
    private readonly Transport _tcp;

    /// <summary>As Akka makes each transport.</summary>
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
        // Nothing is accepted before the caller has set its listener: the gate is there before the first connection.
        if (ServerChannel is { } server)
            server.Pipeline.AddFirst(ConnectionGate.Of(System, Config));
        else
            Logging
                .GetLogger(System, typeof(GuardedTransport))
                .Warning("This version of Akka.Remote hides its server channel: silent connections have no bound");
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

    // The one thing of Akka's that is not public and is needed. A test fails where an update takes it away.
    private IChannel? ServerChannel => _tcp.GetType().GetField("ServerChannel", Hidden)?.GetValue(_tcp) as IChannel;
}
