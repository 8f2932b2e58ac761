using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>
/// A shard, or the actor that combines a model's buffers, and its standby: copies of its state in another node's
/// memory.
/// </summary>
internal static class StandbyProtocol
{
    /// <summary>Stands for the model's buffers where shards have their numbers.</summary>
    public const int Buffers = -1;

    /// <summary>Floats of a snapshot that a standby does not know: it is to be sent from the beginning.</summary>
    public const long Unknown = -1;

    /// <summary>Most floats of a chunk: 1 MiB, so that a gradient never waits long behind one.</summary>
    public const int ChunkLength = 1 << 18;

    /// <summary>
    /// Job → shard or buffers: copy your state to the standby. Answered by <see cref="Copied"/>; of several the newest
    /// counts. Safe to send again.
    /// </summary>
    /// <param name="Number">The number of the snapshot, from 1, the same for all shards.</param>
    /// <param name="After">The snapshot has every position before this place of the order.</param>
    /// <param name="Standby">The standby; null where there is none, and the shard keeps the snapshot alone.</param>
    /// <param name="Share">The part of the time that chunks may be on their way, above 0 to 1.</param>
    /// <param name="Before">The number of the snapshot that stays until this one is complete everywhere.</param>
    /// <param name="IsKept">Whether the shard keeps the snapshots, too: it may have to go back to one.</param>
    public sealed record Copy(
        long Number,
        SampleRange After,
        IActorRef? Standby,
        double Share,
        long Before,
        bool IsKept
    ) : IWireMessage;

    /// <summary>
    /// Job → shard or buffers, at a clean cut: take a snapshot at once, and copy it for a checkpoint, beside the copies
    /// to the standby. Answered by <see cref="Taken"/>, and then by <see cref="Copied"/>.
    /// </summary>
    /// <param name="Number">The number of the checkpoint's copies.</param>
    /// <param name="Receiver">Who gets the copy.</param>
    /// <param name="Share">The part of the time that chunks may be on their way, above 0 to 1.</param>
    public sealed record CopyNow(long Number, IActorRef Receiver, double Share) : IWireMessage
    {
        /// <summary>The same as a request to copy.</summary>
        public Copy ToCopy() => new(Number, new SampleRange(1, 0, 0), Receiver, Share, Before: 0, IsKept: false);
    }

    /// <summary>Shard or buffers → job: the snapshot is taken, and training can go on.</summary>
    /// <param name="Shard">The shard's number, or <see cref="Buffers"/>.</param>
    /// <param name="Number">The number of the copies.</param>
    public sealed record Taken(int Shard, long Number) : IWireMessage;

    /// <summary>Shard or buffers → job: the standby has the whole snapshot.</summary>
    /// <param name="Shard">The shard's number, or <see cref="Buffers"/>.</param>
    /// <param name="Number">The number of the snapshot.</param>
    /// <param name="Standby">The standby; null where the shard alone has the snapshot.</param>
    /// <param name="CompleteEpochs">Epochs of which it has every sample; 0 for buffers.</param>
    /// <param name="Applied">Ranges of the epochs after those that it has.</param>
    public sealed record Copied(int Shard, long Number, IActorRef? Standby, int CompleteEpochs, SampleRange[] Applied)
        : IWireMessage;

    /// <summary>Shard or buffers → standby: a snapshot follows. Answered by <see cref="Received"/>; safe to send
    /// again.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Record">All of it but the vectors.</param>
    /// <param name="Before">The number of the snapshot that stays meanwhile.</param>
    public sealed record Begin(long Number, SnapshotRecord Record, long Before) : IWireMessage;

    /// <summary>Shard or buffers → standby: the next floats. Answered by <see cref="Received"/>; safe to send
    /// again.</summary>
    /// <param name="Number">The number of the snapshot.</param>
    /// <param name="Start">Floats of all its vectors, one after the other, before these.</param>
    /// <param name="Payload">The floats, of one vector.</param>
    public sealed record Chunk(long Number, long Start, TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            header.Write(Number);
            header.Write(Start);
        }

        internal static Chunk Read(BinaryReader header, TensorSlice payload) =>
            new(header.ReadInt64(), header.ReadInt64(), payload);
    }

    /// <summary>Standby → shard or buffers.</summary>
    /// <param name="Number">The number of the snapshot.</param>
    /// <param name="Floats">Floats of it that have arrived, or <see cref="Unknown"/>.</param>
    public sealed record Received(long Number, long Floats) : IWireMessage;
}

/// <summary>What a snapshot has beside its vectors.</summary>
/// <param name="Shard">Of a shard; null for buffers.</param>
/// <param name="Buffers">Of buffers; null for a shard.</param>
/// <param name="Vectors">How many vectors there are.</param>
internal sealed record SnapshotRecord(ShardRecord? Shard, BuffersRecord? Buffers, int Vectors);

/// <summary>What the snapshot of a model's buffers has beside its vectors, of which each is one report.</summary>
/// <param name="Reports">The reports.</param>
/// <param name="Before">The first epoch that may still be evaluated.</param>
internal sealed record BuffersRecord(BuffersReport[] Reports, int Before);

/// <summary>A worker's report of its buffers.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Node">The worker's node.</param>
/// <param name="Samples">Samples that the worker has trained on in the epoch.</param>
internal sealed record BuffersReport(int Epoch, string Node, long Samples);
