using ActorTrain.Server;

namespace ActorTrain.Lane;

/// <summary>
/// The messages that the lane can carry between nodes, by the number that stands for each on the wire.
/// </summary>
internal static class TensorMessageTable
{
    private static readonly (byte Kind, Type Type, Func<BinaryReader, TensorSlice, ITensorMessage> Read)[] Rows =
    [
        (1, typeof(ShardProtocol.Initialize), ShardProtocol.Initialize.Read),
        (2, typeof(ShardProtocol.Push), ShardProtocol.Push.Read),
        (3, typeof(ShardProtocol.Pushed), ShardProtocol.Pushed.Read),
        (4, typeof(ShardProtocol.Pulled), ShardProtocol.Pulled.Read),
        (7, typeof(ShardProtocol.Awaited), ShardProtocol.Awaited.Read),
        (5, typeof(ModelStateProtocol.Report), ModelStateProtocol.Report.Read),
        (6, typeof(ModelStateProtocol.Pulled), ModelStateProtocol.Pulled.Read),
        (8, typeof(LaneProtocol.Probe), LaneProtocol.Probe.Read),
    ];

    /// <summary>Every message type that travels by the lane.</summary>
    public static IEnumerable<Type> Types => Rows.Select(row => row.Type);

    /// <summary>The number that stands for a message's type.</summary>
    /// <exception cref="ArgumentException">The type is not in the table.</exception>
    public static byte KindOf(ITensorMessage message)
    {
        foreach (var row in Rows)
            if (row.Type == message.GetType())
                return row.Kind;
        throw new ArgumentException(
            $"{message.GetType().Name} is not in the tensor lane's message table.",
            nameof(message)
        );
    }

    /// <summary>Rebuilds a message from its header and payload; false when the number is unknown.</summary>
    public static bool TryRead(byte kind, BinaryReader header, TensorSlice payload, out ITensorMessage? message)
    {
        foreach (var row in Rows)
        {
            if (row.Kind != kind)
                continue;
            message = row.Read(header, payload);
            return true;
        }
        message = null;
        return false;
    }
}
