using ActorTrain.Lane.Connections;
using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>
/// How two nodes' lanes connect, over Akka. The token is sent only here, so only a program that can reach the node by
/// Akka can connect to its lane.
/// </summary>
internal static class LaneProtocol
{
    /// <summary>Sending lane → receiving lane: how do I connect to you? Answered by <see cref="Opened"/>.</summary>
    public sealed record Open : IWireMessage;

    /// <summary>Receiving lane → sending lane: as an answer, and to every node that joins the cluster.</summary>
    /// <param name="Host">The host that it listens on.</param>
    /// <param name="Port">The TCP port.</param>
    /// <param name="LocalSocket">Name of the Unix domain socket for processes of its machine; null where there is
    /// none.</param>
    /// <param name="Machine">Equal for nodes of one machine.</param>
    /// <param name="Token">The secret that a connection must send first; new at each start of the node.</param>
    public sealed record Opened(string Host, int Port, string? LocalSocket, string Machine, byte[] Token)
        : IWireMessage;

    /// <summary>
    /// A node that tries the lane to another → the other node, by the lane. Answered by <see cref="ProbeArrived"/>.
    /// </summary>
    public sealed record Probe : ITensorMessage
    {
        /// <summary>Empty.</summary>
        public TensorSlice Payload => TensorSlice.Empty;

        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header) { }

        internal static Probe Read(BinaryReader header, TensorSlice payload) => new();
    }

    /// <summary>The other node → the sender of the probe, over Akka: it has arrived.</summary>
    public sealed record ProbeArrived : IWireMessage;

    /// <summary>
    /// A node that tries the lane from another → the other node, over Akka. Answered by <see cref="Probe"/>.
    /// </summary>
    public sealed record SendProbe : IWireMessage;

    /// <summary>
    /// Lane → every actor that it admits payloads for: the connection with a node, in either direction, has ended.
    /// Messages on their way may be lost; an actor that waits for an answer sends again, and the lane opens a new
    /// connection for it.
    /// </summary>
    /// <param name="Node">The other node.</param>
    public sealed record Broken(Address Node);

    /// <summary>Lane → its actor: there is a message to a node without a connection.</summary>
    internal sealed record Connect(Address Node);

    /// <summary>Connection → its lane's actor: the connection has ended.</summary>
    internal sealed record Ended(Address Node, SendingConnection? Connection, string Reason);
}
