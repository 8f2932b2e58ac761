namespace ActorTrain.Protocol;

/// <summary>A worker in one of its incarnations.</summary>
/// <param name="Node">Its node's address, <c>host:port</c>.</param>
/// <param name="Incarnation">Grows each time the coordinator admits the node to the job; a past incarnation is
/// refused.</param>
/// <param name="Restarts">Restarts of the node since the job began.</param>
internal sealed record WorkerId(string Node, long Incarnation, int Restarts = 0)
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
