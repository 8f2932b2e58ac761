using Akka.Actor;

namespace ActorTrain.Serialization;

/// <summary>
/// Stands for a message that was refused when it came. Akka drops it before any actor sees it, by
/// <c>akka.remote.untrusted-mode</c>; where an exception were thrown instead, it would log each with its trace.
/// </summary>
internal sealed class RefusedMessage : IPossiblyHarmful
{
    private RefusedMessage() { }

    public static RefusedMessage Instance { get; } = new();
}
