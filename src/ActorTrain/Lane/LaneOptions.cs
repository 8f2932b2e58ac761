using Akka.Configuration;

namespace ActorTrain.Lane;

/// <summary>The lane's settings: section <c>actortrain.lane</c>.</summary>
/// <param name="Port">TCP port that it listens on; 0 lets the system choose one.</param>
/// <param name="InFlight">Bytes that may wait to be sent to one node, and bytes received that may wait to be read.</param>
/// <param name="SocketBuffer">Size of the system's buffers of a connection, in bytes.</param>
/// <param name="WithinProcess">Whether nodes of one process pass tensors by reference.</param>
internal sealed record LaneOptions(int Port, long InFlight, int SocketBuffer, bool WithinProcess)
{
    public static LaneOptions Of(Config config)
    {
        var section = config.GetConfig("actortrain.lane");
        return new(
            section.GetInt("port"), section.GetByteSize("in-flight")!.Value, (int)section.GetByteSize("socket-buffer")!.Value,
            section.GetBoolean("within-process"));
    }
}
