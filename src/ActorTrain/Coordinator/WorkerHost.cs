using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The actor that hosts a node's workers, from the node's start to its end.</summary>
/// <param name="Node">The node's address, <c>host:port</c>.</param>
/// <param name="Restarts">Restarts of the node since the job began.</param>
/// <param name="Actor">Where jobs are announced.</param>
internal sealed record WorkerHost(string Node, int Restarts, IActorRef Actor);
