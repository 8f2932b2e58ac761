using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>Sends an engine's initial parameters to every shard, until each has confirmed.</summary>
/// <param name="loaded">The engine's parameters and buffers.</param>
/// <param name="initialize">The job's shards, and the actor that combines the buffers.</param>
/// <param name="lane">The tensor lane.</param>
/// <param name="sender">The actor that the shards reply to.</param>
internal sealed class InitialWeights(
    EngineProtocol.Loaded loaded,
    WorkerProtocol.Initialize initialize,
    ITensorLane lane,
    IActorRef sender
)
{
    private readonly Dictionary<int, ShardPlace> _awaited = initialize.Shards.ToDictionary(place => place.Slice.Index);

    /// <summary>Records a shard's confirmation.</summary>
    /// <returns>Whether all shards have confirmed.</returns>
    public bool Confirm(int shard)
    {
        _awaited.Remove(shard);
        return _awaited.Count == 0;
    }

    /// <summary>Sends the parameters to the shards that have not confirmed.</summary>
    public void Send()
    {
        // Epoch 0: the first report of a trained epoch replaces the initial buffers.
        if (initialize.Buffers is { } buffers)
            lane.Tell(
                buffers,
                new BuffersProtocol.Report(new WorkerId("", 0), 0, 1, TensorSlice.CopyOf(loaded.Buffers.Span)),
                sender
            );
        foreach (var (slice, shard) in _awaited.Values)
            lane.Tell(
                shard,
                new ShardProtocol.Initialize(TensorSlice.From(loaded.Parameters.Slice(slice.Offset, slice.Length))),
                sender
            );
    }
}
