using ActorTrain.Parameters;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>Where a slice of the parameters is.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Shard">The shard that holds it.</param>
internal sealed record ShardPlace(ShardSlice Slice, IActorRef Shard);
