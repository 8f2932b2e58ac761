namespace ActorTrain.Worker;

/// <summary>A worker in one of its lives.</summary>
/// <param name="Node">Its node's address, <c>host:port</c>.</param>
/// <param name="Incarnation">Grows each time the coordinator admits the node to the job; a past life is
/// refused.</param>
/// <param name="Restarts">How often the node was started again since the job began.</param>
public sealed record WorkerId(string Node, long Incarnation, int Restarts = 0)
{
    internal void Write(BinaryWriter writer)
    {
        writer.Write(Node);
        writer.Write(Incarnation);
        writer.Write(Restarts);
    }

    internal static WorkerId Read(BinaryReader reader) =>
        new(reader.ReadString(), reader.ReadInt64(), reader.ReadInt32());
}
