using System.Net;
using ActorTrain.Handshakes;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Lane;

/// <summary>How tensors are sent between processes of one machine.</summary>
internal enum SameMachineTransport
{
    /// <summary>
    /// Shared memory: a Unix domain socket carries only a reference, and the other process reads the tensor in place.
    /// </summary>
    SharedMemory,

    /// <summary>A Unix domain socket.</summary>
    Unix,

    /// <summary>TCP, as between machines.</summary>
    Tcp,
}

/// <summary>The lane's settings: section <c>actortrain.lane</c>.</summary>
/// <param name="Port">TCP port that it listens on; 0 lets the system choose one.</param>
/// <param name="InFlight">Bytes that may wait to be sent to one node, and bytes received from one node that may wait to
/// be read.</param>
/// <param name="SocketBuffer">Size of a connection's socket buffers, in bytes.</param>
/// <param name="SameMachine">How tensors are sent between processes of one machine.</param>
/// <param name="WithinProcess">Whether nodes of one process pass tensors by reference.</param>
/// <param name="Handshake">Limits for connections before their handshake is complete.</param>
internal sealed record LaneOptions(
    int Port,
    long InFlight,
    int SocketBuffer,
    SameMachineTransport SameMachine,
    bool WithinProcess,
    HandshakeOptions Handshake
)
{
    /// <exception cref="ActorTrainException">A value is invalid.</exception>
    public static LaneOptions From(Config system)
    {
        var settings = SettingsReader.OfSystem(system);
        return new(
            settings.Int("actortrain.lane.port", 0, IPEndPoint.MaxPort),
            settings.Size("actortrain.lane.in-flight", 1024),
            (int)settings.Size("actortrain.lane.socket-buffer", 1024, 1 << 30),
            settings.Choice<SameMachineTransport>("actortrain.lane.same-machine"),
            settings.Bool("actortrain.lane.within-process"),
            HandshakeOptions.From(settings)
        );
    }
}
