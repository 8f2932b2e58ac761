namespace ActorTrain.Worker;

/// <summary>A worker in one of its lives.</summary>
/// <param name="Node">Its node's address, <c>host:port</c>.</param>
/// <param name="Incarnation">Grows each time the coordinator admits the node to the job; a past life is refused.</param>
public sealed record WorkerId(string Node, long Incarnation)
{
    internal void Write(BinaryWriter writer)
    {
        writer.Write(Node);
        writer.Write(Incarnation);
    }

    internal static WorkerId Read(BinaryReader reader) => new(reader.ReadString(), reader.ReadInt64());
}
