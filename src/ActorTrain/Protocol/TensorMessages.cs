using ActorTrain.Lane;

namespace ActorTrain.Protocol;

/// <summary>The messages that travel by the tensor lane.</summary>
internal static class TensorMessages
{
    /// <summary>All of them.</summary>
    public static TensorMessageTable Table { get; } =
        new(
            (1, typeof(ShardProtocol.Initialize), ShardProtocol.Initialize.Read),
            (2, typeof(ShardProtocol.Push), ShardProtocol.Push.Read),
            (3, typeof(ShardProtocol.Pushed), ShardProtocol.Pushed.Read),
            (4, typeof(ShardProtocol.Pulled), ShardProtocol.Pulled.Read),
            (7, typeof(ShardProtocol.ParametersReady), ShardProtocol.ParametersReady.Read),
            (5, typeof(BuffersProtocol.Report), BuffersProtocol.Report.Read),
            (6, typeof(BuffersProtocol.Pulled), BuffersProtocol.Pulled.Read),
            (8, typeof(LaneProtocol.Probe), LaneProtocol.Probe.Read),
            (9, typeof(StandbyProtocol.Chunk), StandbyProtocol.Chunk.Read)
        );
}
