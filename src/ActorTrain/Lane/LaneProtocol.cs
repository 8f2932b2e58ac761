using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>Two nodes' lanes, over Akka: how to connect. The token travels here and nowhere else, so only a member of the cluster can connect.</summary>
public static class LaneProtocol
{
    /// <summary>Sending lane → receiving lane. Answered by <see cref="Opened"/>.</summary>
    public sealed record Open : IWireMessage;

    /// <summary>Receiving lane → sending lane.</summary>
    /// <param name="Host">Where it listens.</param>
    /// <param name="Port">The TCP port.</param>
    /// <param name="Token">What a connection must say first; made anew each time the node starts.</param>
    public sealed record Opened(string Host, int Port, byte[] Token) : IWireMessage;

    /// <summary>Lane → its actor: there is something to send to a node that no connection leads to yet.</summary>
    internal sealed record Connect(Address Node);

    /// <summary>Connection → its lane's actor: it has ended.</summary>
    internal sealed record Broken(Address Node, string Reason);
}
