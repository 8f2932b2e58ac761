using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Where a node hosts its workers: the same from the node's start to its end.</summary>
/// <param name="Node">The node's address, <c>host:port</c>.</param>
/// <param name="Restarts">How often the node was started again since the job began.</param>
/// <param name="Actor">Where jobs are announced.</param>
internal sealed record WorkerHost(string Node, int Restarts, IActorRef Actor);
