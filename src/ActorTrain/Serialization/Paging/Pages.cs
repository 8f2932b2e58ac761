using Akka.Actor;

namespace ActorTrain.Serialization.Paging;

/// <summary>
/// Sends control messages that may be larger than a frame of Akka.Remote: those that tell of a whole model, a whole
/// cluster, or a whole job. One that fits is told as any other.
/// </summary>
internal static class Pages
{
    // So small that a heartbeat does not wait for it, and that it fits Akka's default frame of 128,000 bytes.
    private const int PageBytes = 64_000;

    /// <summary>Tells a message, in pages where it is large and the receiver is on another node.</summary>
    /// <param name="system">The sender's system.</param>
    /// <param name="receiver">Who gets it.</param>
    /// <param name="message">The message.</param>
    /// <param name="sender">Whom it comes from.</param>
    public static void TellInPages(this IActorRef receiver, ActorSystem system, IWireMessage message, IActorRef sender)
    {
        if (receiver is not IInternalActorRef { IsLocal: false })
        {
            receiver.Tell(message, sender);
            return;
        }
        var serializer = ProtocolSerializer.Of(system);
        // So that actors in it have full addresses.
        var bytes = Akka.Serialization.Serialization.WithTransport(
            (ExtendedActorSystem)system,
            () => serializer.Write(message)
        );
        var size = Math.Min(PageBytes, serializer.LargestMessage / 2);
        if (bytes.Length <= size)
        {
            receiver.Tell(message, sender);
            return;
        }
        var (name, kind) = (Guid.NewGuid().ToString("N"), message.GetType().Name);
        var count = (bytes.Length + size - 1) / size;
        var pages = system.ActorSelection(new RootActorPath(receiver.Path.Address) / "user" / PagesActor.Name);
        for (var i = 0; i < count; i++)
        {
            var part = bytes.AsSpan(i * size, Math.Min(size, bytes.Length - i * size)).ToArray();
            pages.Tell(new PageProtocol.Page(name, kind, i, count, receiver, part), sender);
        }
    }
}
