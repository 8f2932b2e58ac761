using Akka.Actor;

namespace ActorTrain.Serialization.Paging;

/// <summary>
/// Sends control messages that may be larger than a frame of Akka.Remote: those about a whole model, cluster or job. A
/// message that fits is sent as any other.
/// </summary>
internal static class Pages
{
    // Small enough that heartbeats do not wait for it, and that it fits Akka's default frame of 128,000 bytes.
    private const int PageBytes = 64_000;

    /// <summary>Sends a message, in pages if it is large and the receiver is on another node.</summary>
    /// <param name="system">The sender's system.</param>
    /// <param name="receiver">The receiver.</param>
    /// <param name="message">The message.</param>
    /// <param name="sender">The sender.</param>
    public static void TellInPages(this IActorRef receiver, ActorSystem system, IWireMessage message, IActorRef sender)
    {
        if (receiver is not IInternalActorRef { IsLocal: false })
        {
            receiver.Tell(message, sender);
            return;
        }
        var serializer = AllowListSerializer.Get(system);
        // With the transport, references to actors get full addresses.
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
