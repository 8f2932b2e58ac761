using Akka.Actor;

namespace ActorTrain.Serialization.Paging;

/// <summary>
/// Between two nodes' <see cref="PagesActor"/>: a control message that is larger than a frame, in pages.
/// </summary>
internal static class PageProtocol
{
    /// <summary>
    /// The sender's node → the receiver's node. Not answered: a message is lost with any of its pages, as any message
    /// may be lost.
    /// </summary>
    /// <param name="Message">A unique name of the message.</param>
    /// <param name="Kind">The message's type, for the log.</param>
    /// <param name="Index">The page's number, from 0: pages are sent in this order.</param>
    /// <param name="Count">Number of pages.</param>
    /// <param name="Receiver">The receiver of the message.</param>
    /// <param name="Bytes">The page's part of the message.</param>
    public sealed record Page(string Message, string Kind, int Index, int Count, IActorRef Receiver, byte[] Bytes)
        : IWireMessage;
}
