namespace ActorTrain.Lane;

/// <summary>The messages that the lane can send between nodes, with the number of each on the wire.</summary>
/// <param name="rows">The number, the type, and a function that rebuilds the message from its header and
/// payload.</param>
internal sealed class TensorMessageTable(
    params (byte Kind, Type Type, Func<BinaryReader, TensorSlice, ITensorMessage> Read)[] rows
)
{
    /// <summary>Every message type of the lane.</summary>
    public IEnumerable<Type> Types => rows.Select(row => row.Type);

    /// <summary>The number of a message's type.</summary>
    /// <exception cref="ArgumentException">The type is not in the table.</exception>
    public byte KindOf(ITensorMessage message)
    {
        foreach (var row in rows)
            if (row.Type == message.GetType())
                return row.Kind;
        throw new ArgumentException(
            $"{message.GetType().Name} is not in the tensor lane's message table.",
            nameof(message)
        );
    }

    /// <summary>Rebuilds a message from its header and payload; false when the number is unknown.</summary>
    public bool TryRead(byte kind, BinaryReader header, TensorSlice payload, out ITensorMessage? message)
    {
        foreach (var row in rows)
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
