using ActorTrain.Lane.Connections;
using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>
/// Two nodes' lanes, over Akka: how to connect. The token travels here and nowhere else, so only who can speak to the
/// node by Akka can connect to its lane.
/// </summary>
public static class LaneProtocol
{
    /// <summary>
    /// Sending lane → receiving lane, where it does not know how to connect. Answered by <see cref="Opened"/>.
    /// </summary>
    public sealed record Open : IWireMessage;

    /// <summary>Receiving lane → sending lane: in answer, and unasked to every node that joins the cluster.</summary>
    /// <param name="Host">Where it listens.</param>
    /// <param name="Port">The TCP port.</param>
    /// <param name="LocalSocket">Name of the Unix domain socket for processes of its machine; null where there is
    /// none.</param>
    /// <param name="Machine">Equal for nodes of one machine.</param>
    /// <param name="Token">What a connection must say first; made anew each time the node starts.</param>
    public sealed record Opened(string Host, int Port, string? LocalSocket, string Machine, byte[] Token)
        : IWireMessage;

    /// <summary>Whoever tries the lane to another node → that node, by the lane. Answered by
    /// <see cref="ProbeArrived"/>.</summary>
    public sealed record Probe : ITensorMessage
    {
        /// <summary>Empty.</summary>
        public TensorSlice Payload => TensorSlice.Empty;

        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header) { }

        internal static Probe Read(BinaryReader header, TensorSlice payload) => new();
    }

    /// <summary>The other node → whoever sent the probe, over Akka: it is here.</summary>
    public sealed record ProbeArrived : IWireMessage;

    /// <summary>Whoever tries the lane from another node → that node, over Akka. Answered by <see cref="Probe"/>.
    /// </summary>
    public sealed record SendProbe : IWireMessage;

    /// <summary>
    /// Lane → every actor that it admits payloads for: the connection with a node, in either direction, has ended. What
    /// was on its way may be lost; whoever waits for an answer from there sends again, and the lane opens a new
    /// connection for it.
    /// </summary>
    /// <param name="Node">The other node.</param>
    public sealed record Broken(Address Node);

    /// <summary>Lane → its actor: there is something to send to a node that no connection leads to yet.</summary>
    internal sealed record Connect(Address Node);

    /// <summary>Connection → its lane's actor: it has ended.</summary>
    internal sealed record Ended(Address Node, SendingConnection? Connection, string Reason);
}
