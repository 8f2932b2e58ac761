using Akka.Actor;

namespace ActorTrain.Serialization.Paging;

/// <summary>Two nodes' <see cref="PagesActor"/>: a control message that is larger than a frame, in pieces.</summary>
public static class PageProtocol
{
    /// <summary>A sender's pages → the receiver's node. Not answered: a message is lost where one of its pages is, as
    /// any message may be.</summary>
    /// <param name="Message">The message that it is a part of; no other has this name.</param>
    /// <param name="Kind">What the message is, for whoever reads a log.</param>
    /// <param name="Index">Which part, from 0: parts come in this order.</param>
    /// <param name="Count">Parts in all.</param>
    /// <param name="Receiver">Who gets the message.</param>
    /// <param name="Bytes">The part.</param>
    public sealed record Page(string Message, string Kind, int Index, int Count, IActorRef Receiver, byte[] Bytes)
        : IWireMessage;
}
