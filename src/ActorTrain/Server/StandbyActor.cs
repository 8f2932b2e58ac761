using ActorTrain.Lane;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>Holds copies of a shard, or of a model's buffers, that another node may lose.</summary>
internal sealed class StandbyActor : ReceiveActor
{
    private readonly HeldSnapshots _held;

    /// <summary>A snapshot that is held.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Record">All of it but the vectors.</param>
    public sealed record Copy(long Number, SnapshotRecord Record);

    /// <summary>Standby, or shard → its server node: it holds these snapshots now, the newest last.</summary>
    public sealed record Holds(IReadOnlyList<Copy> Snapshots);

    /// <summary>Server node → standby, or shard: a snapshot is to be restored. Answered by
    /// <see cref="Taken"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Number">Its number.</param>
    /// <param name="Open">The request to open a shard or buffers from it.</param>
    /// <param name="Sender">The sender of the request.</param>
    public sealed record Take(string JobId, long Number, object Open, IActorRef Sender);

    /// <summary>Standby, or shard → its server node.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Record">All of the snapshot but its vectors; null where it is not held any more.</param>
    /// <param name="Vectors">Its vectors, which the receiver releases.</param>
    public sealed record Taken(Take Request, SnapshotRecord? Record, IReadOnlyList<TensorSlice> Vectors);

    /// <param name="length">Floats of a vector.</param>
    /// <param name="memory">Memory for the copies.</param>
    public static Props Props(int length, TensorPool memory) =>
        Akka.Actor.Props.Create(() => new StandbyActor(length, memory));

    public StandbyActor(int length, TensorPool memory)
    {
        _held = new HeldSnapshots(length, memory);
        Receive<StandbyProtocol.Begin>(begin =>
        {
            var floats = _held.Begin(begin.Number, begin.Record, begin.Before);
            Context.Parent.Tell(HoldsNow());
            Sender.Tell(new StandbyProtocol.Received(begin.Number, floats));
        });
        Receive<StandbyProtocol.Chunk>(chunk =>
        {
            var whole = _held.Whole.Count;
            var floats = _held.Add(chunk.Number, chunk.Start, chunk.Payload.Values.Span);
            chunk.Payload.Release();
            // Told before the answer: whoever knows that the snapshot is whole finds it here.
            if (_held.Whole.Count > whole)
                Context.Parent.Tell(HoldsNow());
            Sender.Tell(new StandbyProtocol.Received(chunk.Number, floats ?? StandbyProtocol.Unknown));
        });
        Receive<Take>(take =>
        {
            var held = _held.Whole.FirstOrDefault(whole => whole.Number == take.Number);
            Sender.Tell(new Taken(take, held?.Record, held?.Share() ?? []));
        });
        // The sender sends the chunk again.
        Receive<LaneProtocol.Broken>(_ => { });
    }

    private Holds HoldsNow() => new([.. _held.Whole.Select(whole => new Copy(whole.Number, whole.Record))]);

    protected override void PostStop() => _held.Release();
}
