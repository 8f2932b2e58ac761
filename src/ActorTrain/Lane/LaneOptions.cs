using System.Net;
using ActorTrain.Handshakes;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.Lane;

/// <summary>The road between processes of one machine.</summary>
internal enum SameMachineRoad
{
    /// <summary>
    /// A Unix domain socket, over which a tensor is named and not sent: the other process reads it where it lies.
    /// </summary>
    SharedMemory,

    /// <summary>A Unix domain socket.</summary>
    Unix,

    /// <summary>TCP, as between machines.</summary>
    Tcp,
}

/// <summary>The lane's settings: section <c>actortrain.lane</c>.</summary>
/// <param name="Port">TCP port that it listens on; 0 lets the system choose one.</param>
/// <param name="InFlight">Bytes that may wait to be sent to one node, and bytes received from one that may wait to be
/// read.</param>
/// <param name="SocketBuffer">Size of the system's buffers of a connection, in bytes.</param>
/// <param name="SameMachine">The road between processes of one machine.</param>
/// <param name="WithinProcess">Whether nodes of one process pass tensors by reference.</param>
/// <param name="Handshake">What connections may take before they have said who they are.</param>
internal sealed record LaneOptions(
    int Port,
    long InFlight,
    int SocketBuffer,
    SameMachineRoad SameMachine,
    bool WithinProcess,
    HandshakeOptions Handshake
)
{
    /// <exception cref="ActorTrainException">A value cannot be.</exception>
    public static LaneOptions Of(Config system)
    {
        var settings = SettingsReader.OfSystem(system);
        return new(
            settings.Int("actortrain.lane.port", 0, IPEndPoint.MaxPort),
            settings.Size("actortrain.lane.in-flight", 1024),
            (int)settings.Size("actortrain.lane.socket-buffer", 1024, 1 << 30),
            settings.Choice<SameMachineRoad>("actortrain.lane.same-machine"),
            settings.Bool("actortrain.lane.within-process"),
            HandshakeOptions.Of(settings)
        );
    }
}
