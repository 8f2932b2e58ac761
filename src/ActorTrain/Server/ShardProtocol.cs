using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Serialization;
using ActorTrain.Staleness;
using ActorTrain.Worker;

namespace ActorTrain.Server;

/// <summary>Worker, evaluator, client and parameter shard: weights and gradients.</summary>
public static class ShardProtocol
{
    /// <summary>First worker → shard: the starting weights. Answered by <see cref="Initialized"/>; only the first counts.</summary>
    /// <param name="Payload">The shard's slice of the parameters, [slice length] f32.</param>
    public sealed record Initialize(TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header) { }

        internal static Initialize Read(BinaryReader header, TensorSlice payload) => new(payload);
    }

    /// <summary>Shard → first worker: the shard has weights.</summary>
    /// <param name="Shard">The shard's index.</param>
    public sealed record Initialized(int Shard) : IWireMessage;

    /// <summary>Worker → shard. Answered by <see cref="Pushed"/>; safe to send again after silence.</summary>
    /// <param name="Part">Which samples this stands for; the shard applies each position once, whoever computed it.</param>
    /// <param name="Worker">The worker and its incarnation; a past life is refused.</param>
    /// <param name="BaseVersion">Shard version the gradient was computed from.</param>
    /// <param name="Payload">
    /// Mean gradient over the part's samples, or by how much local steps on them move the parameters, in proportion to those of a whole push; this shard's slice, [slice length] f32.
    /// </param>
    public sealed record Push(LeasePart Part, WorkerId Worker, long BaseVersion, TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            Part.Write(header);
            Worker.Write(header);
            header.Write(BaseVersion);
        }

        internal static Push Read(BinaryReader header, TensorSlice payload) =>
            new(LeasePart.Read(header), WorkerId.Read(header), header.ReadInt64(), payload);
    }

    /// <summary>Shard → worker: the verdict, and the parameters to go on with.</summary>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Part">The part that was pushed.</param>
    /// <param name="Verdict">What became of it.</param>
    /// <param name="Version">Version of <paramref name="Payload"/>.</param>
    /// <param name="Payload">The shard's parameters, [slice length] f32.</param>
    public sealed record Pushed(int Shard, LeasePart Part, Verdict Verdict, long Version, TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            header.Write(Shard);
            Part.Write(header);
            Verdict.Write(header);
            header.Write(Version);
        }

        internal static Pushed Read(BinaryReader header, TensorSlice payload) =>
            new(header.ReadInt32(), LeasePart.Read(header), Verdict.Read(header), header.ReadInt64(), payload);
    }

    /// <summary>Worker, evaluator or client → shard. Answered by <see cref="Pulled"/>.</summary>
    public sealed record Pull : IWireMessage;

    /// <summary>Shard → whoever pulled.</summary>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Version">Version of <paramref name="Payload"/>.</param>
    /// <param name="Payload">The shard's parameters, [slice length] f32.</param>
    public sealed record Pulled(int Shard, long Version, TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            header.Write(Shard);
            header.Write(Version);
        }

        internal static Pulled Read(BinaryReader header, TensorSlice payload) =>
            new(header.ReadInt32(), header.ReadInt64(), payload);
    }

    /// <summary>Coordinator → shard: what have you counted? Answered by <see cref="Counted"/>.</summary>
    /// <param name="Round">Number of this look, to tell the answer from older ones.</param>
    public sealed record Count(long Round) : IWireMessage;

    /// <summary>Shard → coordinator.</summary>
    /// <param name="Round">The look that this answers.</param>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Version">Updates applied.</param>
    /// <param name="DuplicatesRefused">Pushes refused because their samples were applied before.</param>
    /// <param name="CompleteEpochs">Epochs of which every sample is applied, counted from the first without a gap.</param>
    /// <param name="Applied">Positions applied of the epochs after those, as stretches in order.</param>
    /// <param name="Workers">What each worker's pushes came to.</param>
    /// <param name="StalenessHistogram">Applied pushes by staleness; the last element counts that and more.</param>
    public sealed record Counted(
        long Round,
        int Shard,
        long Version,
        long DuplicatesRefused,
        int CompleteEpochs,
        LeasePart[] Applied,
        WorkerCount[] Workers,
        long[] StalenessHistogram) : IWireMessage;

    /// <summary>Coordinator → shard: a worker's life has ended; what it pushed so far counts, what comes from now on is refused. Not answered.</summary>
    /// <param name="Past">The worker in that life.</param>
    public sealed record Fence(WorkerId Past) : IWireMessage;

    /// <summary>Coordinator → shard: all workers' lives up to this one have ended; another coordinator begins new ones. Not answered.</summary>
    /// <param name="Incarnation">The newest that has ended.</param>
    public sealed record FenceAll(long Incarnation) : IWireMessage;

    /// <summary>Coordinator → shard: judge late gradients so from now on. Not answered.</summary>
    /// <param name="Staleness">What they are worth.</param>
    public sealed record Govern(StalenessOptions Staleness) : IWireMessage;

    /// <summary>What one worker's pushes came to at one shard.</summary>
    /// <param name="Node">The worker's node; all its lives together.</param>
    /// <param name="Samples">Samples applied.</param>
    /// <param name="Pushes">Pushes applied.</param>
    /// <param name="StalenessSum">Sum of their stalenesses, in versions.</param>
    /// <param name="StalenessMax">Largest of them.</param>
    /// <param name="StalenessHistogram">Its applied pushes by staleness; the last element counts that and more.</param>
    public sealed record WorkerCount(string Node, long Samples, long Pushes, long StalenessSum, long StalenessMax, long[] StalenessHistogram);
}
