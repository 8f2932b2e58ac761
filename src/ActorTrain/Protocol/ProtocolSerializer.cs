using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>Serializes the control messages of the protocol: those of <see cref="WireTypes"/>, and no others.</summary>
/// <param name="system">The actor system.</param>
internal sealed class ProtocolSerializer(ExtendedActorSystem system) : AllowListSerializer(system, WireTypes.All);
