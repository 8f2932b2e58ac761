using Akka.Actor;

namespace ActorTrain.Serialization;

/// <summary>
/// Replaces a received message that was refused. Akka drops it before any actor receives it, by
/// <c>akka.remote.untrusted-mode</c>; an exception instead would be logged with its stack trace each time.
/// </summary>
internal sealed class RefusedMessage : IPossiblyHarmful
{
    private RefusedMessage() { }

    public static RefusedMessage Instance { get; } = new();
}
